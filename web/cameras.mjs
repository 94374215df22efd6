// The machine's cameras.

// Promises [{id, label}]; it is empty until the visitor has allowed one.
export async function list() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId)
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `camera ${index + 1}` }));
}

// Promises the MediaStream of the camera with this id, of any where it is empty, at about this size
// and as fast as the tag would have it.
export function open(id, width, height) {
  const size = { width: { ideal: width }, height: { ideal: height } };
  const which = id ? { deviceId: { exact: id } } : { facingMode: 'user' };
  return navigator.mediaDevices.getUserMedia({ video: { ...size, frameRate: { ideal: 60 }, ...which } });
}

export function close(stream) {
  for (const track of stream.getTracks()) track.stop();
}
