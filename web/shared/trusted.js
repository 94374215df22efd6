// Addresses of scripts where a page demands Trusted Types: it takes none that are plain text.

const NAME = 'holistic-tracking'; // of the policy, for the page's directive `trusted-types`

let policy;

// An address of one of our own scripts, for `new Worker` and for service workers.
export function scriptUrl(url) {
  const { trustedTypes } = globalThis;
  if (!trustedTypes) return url;
  policy ??= trustedTypes.createPolicy(NAME, { createScriptURL: (address) => address });
  return policy.createScriptURL(url);
}
