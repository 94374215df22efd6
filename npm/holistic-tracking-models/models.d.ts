/** Which models there are, by folder and name: their paths. */
export const models: Record<string, Record<string, string>>;
/** By path. */
export const files: Record<string, { bytes: number; sha256: string; unpacked: string }>;
/** Where they are, by path. */
export const addresses: Record<string, string>;
