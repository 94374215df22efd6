// The avatar's page: a camera, a clip, a picture or a video moves an avatar, which may be any .vrm
// file. With `background` in the address there is nothing but the avatar, as OBS wants it.

import { keep, serve } from '../page/service.js';
import { Avatar } from './avatar.js';
import { dispose, readFile, readModel } from './model.js';
import { FRAMES, Stage } from './stage.js';

const OWN = new URL('holistic.vrm', import.meta.url);
const SAMPLE = './sample.webm';
const COLOUR = /^#[0-9a-f]{6}$/i;
const BACKGROUNDS = { green: '#00b140', transparent: 'transparent' };

const query = new URLSearchParams(location.search);
const tracker = /** @type {any} */ (document.querySelector('holistic-tracking'));
const find = (id) => /** @type {any} */ (document.getElementById(id));
const hint = find('hint');
let stage;
let avatar = null;

function say(message, isFault = false) {
  hint.textContent = message;
  hint.classList.toggle('fault', isFault);
}

function show(vrm) {
  avatar = new Avatar(vrm);
  const former = stage.put(avatar);
  if (former) dispose(former.vrm);
}

async function loadFrom(place) {
  const address = addressOf(place);
  const name = decodeURIComponent(address.pathname.split('/').pop());
  const response = await fetch(address).catch(() => {
    throw new Error(`${name} did not arrive: a model must be on the host of this page, ${location.host}.`);
  });
  if (!response.ok) throw new Error(`${name} did not arrive: the server answered ${response.status}.`);
  show(await readModel(await response.arrayBuffer(), name));
}

function addressOf(place) {
  try {
    return new URL(place, location.href);
  } catch {
    throw new Error(`"${place}" is no address of a model.`);
  }
}

// An avatar to be shown, or a picture or video to be tracked.
async function open(file) {
  if (!file) return;
  if (/^(image|video)\//.test(file.type)) tracker.src = file;
  else {
    show(await readFile(file));
    say(`${file.name} is shown.`);
  }
}

const attempt = (promise) => promise.catch((error) => say(error.message, true));

function listen() {
  tracker.addEventListener('landmarks', ({ detail: { people } }) => {
    const person = people.find(({ bones }) => bones) ?? null;
    avatar?.show(person);
    if (!hint.classList.contains('fault')) say(person ? '' : 'Nobody is in view.');
  });
  tracker.addEventListener('error', ({ detail }) => say(detail.message, true));
  tracker.addEventListener('state', ({ detail }) => detail.state === 'opening' && say(''));
  tracker.addEventListener('ready', ({ detail }) => keep(detail.files), { once: true });
  find('camera').onclick = () => (tracker.src = 'camera');
  find('clip').onclick = () => (tracker.src = SAMPLE);
  find('open').onclick = () => find('file').click();
  find('file').onchange = ({ target }) => attempt(open(target.files[0]));
  find('frame').onchange = ({ target }) => (stage.frame = target.value);
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    attempt(open(event.dataTransfer.files[0]));
  });
}

// What the address says: background, frame, mirror, model and src.
function obey() {
  const background = query.get('background');
  const frame = query.get('frame');
  const mirror = query.get('mirror') ?? '';
  document.body.classList.toggle('mirrored', mirror !== '0');
  tracker.setAttribute('mirror', mirror);
  if (FRAMES.includes(frame)) find('frame').value = stage.frame = frame;
  else if (frame !== null) say(`There is no frame ${frame}: take ${FRAMES.join(', ')}.`, true);
  if (background !== null) {
    const colour = BACKGROUNDS[background] ?? (COLOUR.test(background) ? background : null);
    if (colour) document.documentElement.style.background = colour;
    else say(`There is no background ${background}: take green, transparent or #rrggbb.`, true);
    document.body.classList.add('bare');
    tracker.overlay = 'none';
  }
  const source = query.get('src') ?? (background === null ? null : 'camera');
  if (source !== null) tracker.src = source;
}

async function start() {
  if (!(await serve())) return;
  try {
    stage = new Stage(find('stage'));
  } catch (error) {
    say(error.message, true);
    return;
  }
  listen();
  attempt(loadFrom(query.get('model') || OWN));
  obey();
  import('../holistic-tracking.js').catch((error) => say(`The tracker did not start: ${error.message}`, true));
}

start();
