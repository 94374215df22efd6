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
];

async function render({ model, el }) {
  const site = model.get('site').replace(/\/?$/, '/');
  try {
    await import(`${site}holistic-tracking.js`);
  } catch (error) {
    el.textContent = `The tracker cannot be loaded from ${site} (${error.message}): give the address of the site`;
    return undefined;
  }
  const tag = document.createElement('holistic-tracking');
  const show = () => {
    for (const [name, value] of Object.entries(model.get('attributes'))) {
      if (value === null || value === false) tag.removeAttribute(name);
      else tag.setAttribute(name, value === true ? '' : value);
    }
  };
  let sent = model.get('received');
  tag.addEventListener('landmarks', ({ detail }) => {
    if (model.get('received') < sent) return;
    sent += 1;
    const buffers = [];
    const people = detail.people.map((person) => told(person, buffers));
    const { timestamp, width, height } = detail;
    model.send({ kind: 'landmarks', number: sent, timestamp, width, height, people }, undefined, buffers);
  });
  for (const kind of ['state', 'error']) {
    tag.addEventListener(kind, (/** @type {any} */ { detail }) => model.send({ kind, ...detail }));
  }
  model.on('change:attributes', show);
  show();
  el.append(tag);
  return () => tag.remove();
}

// A person as JSON can say it; its arrays become buffers, and their places in the list stay.
function told(person, buffers) {
  const { id, leftHandedness, rightHandedness, scores } = person;
  const arrays = {};
  for (const name of ARRAYS.filter((each) => person[each])) {
    arrays[name] = buffers.length;
    buffers.push(person[name].buffer);
  }
  return { id, leftHandedness, rightHandedness, scores, arrays };
}

export default { render };
