// Sends what the tag finds to `holistic bridge`, which moves an avatar in another program (VMC):
//
//   import { bridge } from './live/bridge.js';
//   const end = bridge(document.querySelector('holistic-tracking'), { onState: console.log });
//
// The tag needs the attributes `rotations` and `blendshapes`. While the bridge does not run, it is tried
// again every two seconds.

const ADDRESS = 'ws://127.0.0.1:39541';
const RETRY = 2000; // ms
const BEHIND = 1 << 16; // bytes that wait to be sent: more frames would only be late

// Returns a function that ends it. `onState` hears 'connecting', 'connected' and 'closed: <why>'.
export function bridge(tag, { address = ADDRESS, onState = undefined } = {}) {
  let socket;
  let ended = false;
  const connect = () => {
    if (ended) return;
    onState?.('connecting');
    socket = new WebSocket(address);
    socket.onopen = () => onState?.('connected');
    socket.onclose = ({ reason }) => {
      onState?.(`closed: ${reason || 'start it with `holistic bridge`'}`);
      setTimeout(connect, RETRY);
    };
  };
  const send = ({ detail }) => {
    const person = detail.people.find(({ bones }) => bones);
    if (!person || socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > BEHIND) return;
    const { bones, hipsPosition, blendshapes } = person;
    socket.send(JSON.stringify({ bones, hipsPosition: hipsPosition && [...hipsPosition], blendshapes }));
  };
  tag.addEventListener('landmarks', send);
  connect();
  return () => {
    ended = true;
    tag.removeEventListener('landmarks', send);
    socket.close();
  };
}
