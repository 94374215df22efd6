// As webpack comes, but for the mode, which it wants to be told.

export default { mode: 'production', entry: './main.js', experiments: { outputModule: true } };
