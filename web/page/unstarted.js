// Says in plain words why the page does not start. This is no module: it is for where modules do not
// run. What does start the page, start.js, takes the element away.

{
  const SCRIPT = /^(text|application)\/(x-)?(java|ecma)script/i;
  const OURS = /^(page|shared|tag)\/.*\.js$|^holistic-tracking\.js$/;

  const tell = (text) => {
    const element = document.getElementById('unstarted');
    if (element) Object.assign(element, { textContent: text, className: 'told' });
  };

  // What is wrong with a script as the server sends it; empty where nothing is.
  const faultOf = (name, response) => {
    const type = response.headers.get('Content-Type') || 'nothing known';
    if (!response.ok) return `${name} is not on the server (it answered ${response.status}). Upload the whole folder`;
    if (SCRIPT.test(type)) return '';
    return `The server sends ${name} as ${type}, and browsers run scripts only as text/javascript. Have it send files whose names end in .js as text/javascript`;
  };

  // Tells of the first of these scripts that is not as it should be.
  const examine = (names) => {
    const [name, ...others] = names;
    if (!name) return tell('The page did not start: one of its scripts did not arrive. Reload the page.');
    const judge = (response) => {
      const fault = faultOf(name, response);
      if (fault) tell(`The page did not start. ${fault}, and reload the page.`);
      else examine(others);
    };
    fetch(name, { method: 'HEAD' }).then(judge, () =>
      tell('The page did not start: the server does not answer. Reload the page.'),
    );
  };

  const fail = (script) => {
    if (location.protocol === 'file:') {
      return tell('Browsers run this page only from a web server. Start one with "python3 build.py serve", and open the address that it prints.');
    }
    const first = script.src.replace(new URL('.', location.href).href, '');
    fetch('manifest.json')
      .then((response) => response.json())
      .then(({ files }) => Object.keys(files).filter((name) => OURS.test(name)), () => [])
      .then((names) => examine([first, ...names]));
  };

  if (!('noModule' in HTMLScriptElement.prototype)) {
    addEventListener('load', () =>
      tell('This browser is too old for the page. Use a current version of Chrome, Edge, Firefox or Safari.'),
    );
  }
  addEventListener('error', ({ target }) => target instanceof HTMLScriptElement && fail(target), true);
}
