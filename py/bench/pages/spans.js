// Put into a page and each of its workers before anything else: notes every change of a slot's
// state on the blackboard (py/holistic/shared/layout.py), and when the page begins to paint.
//
// `spans.notes`, in the page, are [thread, time, operation, word, ...values]: threads by random
// numbers, times in milliseconds since 1970.

{
  const thread = Math.random();
  const notes = [];
  const channel = new BroadcastChannel('spans');
  const page = typeof document === 'object';
  if (page) channel.onmessage = ({ data }) => notes.push(data);
  globalThis.spans = { notes, thread };

  const note = (...what) => {
    const entry = [thread, performance.timeOrigin + performance.now(), ...what];
    if (page) notes.push(entry);
    else channel.postMessage(entry);
  };
  for (const name of ['compareExchange', 'store']) {
    const plain = Atomics[name];
    Atomics[name] = (array, word, ...values) => {
      const before = plain(array, word, ...values);
      if (name !== 'compareExchange' || before === values[0]) note(name, word, ...values);
      return before;
    };
  }
  if (page) {
    const { prototype } = CanvasRenderingContext2D;
    const plain = prototype.putImageData;
    prototype.putImageData = function (...what) {
      note('paint', 0);
      return Reflect.apply(plain, this, what);
    };
    addEventListener('landmarks', (/** @type {any} */ { detail }) => note('landmarks', 0, detail.timestamp, detail.times));
  }
}
