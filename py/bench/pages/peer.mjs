// Runs one peer on the camera and reports its results as our own page does, by `landmarks`
// events, so that the benchmark observes all pages alike.
//
// ?peer=NAME&complexity=N takes NAME.mjs, which exports create(complexity), a promise of a
// function (frame: VideoFrame, timestamp: ms) -> {pose, face, leftHand, rightHand} or a promise.

const query = new URLSearchParams(location.search);

const [frames, find] = await Promise.all([
  openCamera(),
  import(`./${query.get('peer')}.mjs`).then((peer) => peer.create(Number(query.get('complexity')))),
]);
for (let number = 0; ; number++) {
  const { value: frame } = await frames.read();
  const timestamp = frame.timestamp / 1000;
  const { displayWidth: width, displayHeight: height } = frame;
  const person = await find(frame, timestamp);
  frame.close();
  const detail = { frame: number, timestamp, width, height, people: person ? [person] : [] };
  document.dispatchEvent(new CustomEvent('landmarks', { detail, bubbles: true }));
  await nextTask();
}

// Keeps one frame, the newest: whoever is slow skips frames and never sees an old one.
async function openCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  const [track] = stream.getVideoTracks();
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
}

// Lets the page's other tasks run, without the delay of a timer.
function nextTask() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = resolve;
    channel.port2.postMessage(null);
  });
}
