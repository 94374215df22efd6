// The parent folder has Next.js itself.

export default { turbopack: { root: `${import.meta.dirname}/..` } };
