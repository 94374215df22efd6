// What the modules of Node.js are in a browser: nothing.
