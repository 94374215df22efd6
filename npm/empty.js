export default {}; // what the modules of Node.js are in a browser
