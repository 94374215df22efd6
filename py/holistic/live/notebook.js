// The notebook's side of the widget in notebook.py: the tag, and its events as messages to Python.
// A message goes out when Python has received the last one, so that a busy kernel is not flooded.

const ARRAYS = [
  'pose',
  'poseWorld',
  'face',
  'irises',
  'leftHand',
  'rightHand',
  'leftHandWorld',
  'rightHandWorld',
  'hipsPosition',
];
const ELSEWHERE = 'The tracker is shown further down.';

// A widget has one tag: its newest view has it.
export default () => {
  const views = [];
  const tag = document.createElement('holistic-tracking');
  const place = () => {
    const newest = views.at(-1);
    if (newest) newest.replaceChildren(tag);
    else tag.remove();
    for (const view of views.slice(0, -1)) view.replaceChildren(ELSEWHERE);
  };

  async function render({ model, el }) {
    const site = model.get('site').replace(/\/?$/, '/');
    try {
      await import(`${site}holistic-tracking.js`);
    } catch (error) {
      const message = `The tracker cannot be loaded from ${site} (${error.message}): give the address of the site`;
      el.textContent = message;
      model.send({ kind: 'error', message });
      return undefined;
    }
    views.push(el);
    place();
    return () => {
      views.splice(views.indexOf(el), 1);
      place();
    };
  }

  return { initialize: ({ model }) => connect(tag, model), render };
};

// Attributes go to the tag, and its events to Python.
function connect(tag, model) {
  const show = () => {
    for (const [name, value] of Object.entries(model.get('attributes'))) {
      const text = value === null || value === false ? null : value === true ? '' : String(value);
      if (text === tag.getAttribute(name)) continue; // the same source again would begin anew
      if (text === null) tag.removeAttribute(name);
      else tag.setAttribute(name, text);
    }
  };
  const open = () => {
    const { name, content } = model.get('file');
    if (content) tag.src = new File([content], name);
  };
  let sent = model.get('received');
  tag.addEventListener('landmarks', ({ detail }) => {
    if (model.get('received') < sent) return;
    sent = model.get('received') + 1;
    const buffers = [];
    const people = detail.people.map((person) => told(person, buffers));
    const { timestamp, width, height, still, skipped } = detail;
    const frame = { number: sent, timestamp, width, height, still, skipped };
    model.send({ kind: 'landmarks', ...frame, people }, undefined, buffers);
  });
  for (const kind of ['state', 'error']) {
    tag.addEventListener(kind, (/** @type {any} */ { detail }) => model.send({ kind, ...detail }));
  }
  model.on('change:attributes', show);
  model.on('change:file', open);
  show();
  open();
}

// A person as JSON can say it; its arrays become buffers, and their places in the list stay.
function told(person, buffers) {
  const { id, leftHandedness, rightHandedness, scores, blendshapes, bones } = person;
  const { blendshapesApproximate } = person;
  const arrays = {};
  for (const name of ARRAYS.filter((each) => person[each])) {
    arrays[name] = buffers.length;
    buffers.push(person[name].buffer);
  }
  return { id, leftHandedness, rightHandedness, scores, blendshapes, blendshapesApproximate, bones, arrays };
}
