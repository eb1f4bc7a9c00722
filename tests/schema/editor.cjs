// Asks Taplo's language server what an editor asks: what it underlines, what it completes, what it says of a key.
//   node editor.cjs FOLDER      FOLDER holds model.schema.json, and node_modules with @taplo/lsp; closes with 'N passed, N failed'
const fs = require('fs'), path = require('path'), url = require('url');
const folder = path.resolve(process.argv[2]);
const { TaploLsp } = require(path.join(folder, 'node_modules/@taplo/lsp'));

const text = ['#:schema ./model.schema.json', 'data = "digits"', '', '[[layer]]', 'kind = ""', 'units = 10', '', '[train]', 'optimizer = ""', 'batch = 0', ''].join('\n');
const file = path.join(folder, 'model.toml'), uri = url.pathToFileURL(file).href;
fs.writeFileSync(file, text);

const toPath = u => { try { return url.fileURLToPath(u); } catch { return '/' + String(u).replace(/^[a-z-]+:\/*/, ''); } };
const environment = {
  now: () => new Date(), envVar: n => process.env[n], envVars: () => Object.entries(process.env), stdErrAtty: () => false,
  stdin: process.stdin, stdout: process.stdout, stderr: fs.createWriteStream('/dev/null'),
  glob: () => [], readFile: p => fs.promises.readFile(p), writeFile: async () => {},
  urlToFilePath: toPath, isAbsolute: p => path.isAbsolute(p), cwd: () => folder, findConfigFile: () => undefined,
  fetch: { fetch, Headers, Request, Response },
};
const settings = { schema: { enabled: true, links: false, catalogs: [], associations: {}, cache: { memoryExpiration: 60, diskExpiration: 600 } } };

let passed = 0, failed = 0, number = 0, server;
const waiting = {}, underlined = [];
const check = (good, what) => { good ? ++passed : (++failed, console.log('FAILED', what)); };
const send = m => server.send({ jsonrpc: '2.0', ...m });
const ask = (method, params) => new Promise(done => { waiting[++number] = done; send({ id: number, method, params }); });
const at = (line, character) => ({ textDocument: { uri }, position: { line, character } });
const labels = r => (Array.isArray(r) ? r : r?.items ?? []).map(i => i.label);

function receive(m) {
  if (m.method === 'textDocument/publishDiagnostics') underlined.push(...m.params.diagnostics);
  else if (m.method && m.id !== undefined && m.id !== null) send({ id: m.id, result: m.method === 'workspace/configuration' ? [settings] : null });
  else if (waiting[m.id]) waiting[m.id](m.result);
}

(async () => {
  setTimeout(() => { console.log('FAILED: no answer for a minute'); process.exit(1); }, 60000).unref();
  server = await TaploLsp.initialize(environment, { onMessage: receive });
  await ask('initialize', { processId: process.pid, rootUri: url.pathToFileURL(folder).href, capabilities: {}, initializationOptions: {}, workspaceFolders: [{ uri: url.pathToFileURL(folder).href, name: 'models' }] });
  send({ method: 'initialized', params: {} });
  await new Promise(r => setTimeout(r, 500));
  send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'toml', version: 1, text } } });
  for (let i = 0; i < 100 && underlined.length < 3; ++i) await new Promise(r => setTimeout(r, 100));
  for (const d of underlined) console.log(`underlined  ${d.range.start.line + 1}: ${d.message.slice(0, 70)}`);
  check(underlined.some(d => d.range.start.line === 9 && d.message.includes('less than the minimum')), 'batch = 0 is underlined');
  check(underlined.some(d => d.range.start.line === 8 && d.message.includes('"adam"')), 'an empty optimizer is underlined');
  const kinds = labels(await ask('textDocument/completion', at(4, 8)));
  console.log('completes   kind:', kinds.slice(0, 6).join(' '), '…');
  check(kinds.includes('"conv2d"') && kinds.includes('"relu"'), 'kinds of layers are completed');
  check(labels(await ask('textDocument/completion', at(6, 0))).includes('activation'), 'keys of layers are completed');
  check(labels(await ask('textDocument/completion', at(8, 13))).includes('"adamw"'), 'optimizers are completed');
  check(labels(await ask('textDocument/completion', at(10, 0))).includes('epochs'), 'settings are completed');
  check(JSON.stringify(await ask('textDocument/hover', at(9, 2))).includes('samples a step'), 'a key is explained');
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
