// The machine's cameras.

// Promises [{id, label}]; it is empty until the visitor has allowed one.
export async function list() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId)
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `camera ${index + 1}` }));
}
