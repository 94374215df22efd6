// Runs webpack as its command does, which is a package of its own.

import webpack from 'webpack';
import config from './webpack.config.js';

webpack({ ...config, context: import.meta.dirname }, (error, stats) => {
  if (error) throw error;
  console.log(stats.toString());
  process.exitCode = stats.hasErrors() ? 1 : 0;
});
