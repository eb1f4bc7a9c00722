// Builds dist/report.html: one file with script and style inside, and a policy that lets nothing else run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

// What the licences of the code inside ask for: themselves.
const licences = ['svelte/LICENSE.md', 'uplot/LICENSE'].map((f) => `${f.split('/')[0]}\n${readFileSync(`${import.meta.dirname}/node_modules/${f}`, 'utf8').trim()}`).join('\n\n').replaceAll('--', '- -');

// Takes the built page apart and puts script and style into it. The data block stays in front of the script, so it is there when that runs.
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      let script = '', style = '';
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') script += file.code;
        else if (name.endsWith('.css')) style += file.source;
        else continue;
        delete bundle[name];
      }
      script = '\n' + script.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--') + '\n';
      style = '\n' + style.trim() + '\n';
      const policy = `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'asset' || !name.endsWith('.html')) continue;
        const page = String(file.source).replace(/<script type="module"[^>]*><\/script>\s*/g, '').replace(/<link rel="stylesheet"[^>]*>\s*/g, '');
        file.source = page
          .replace('<!--policy-->', () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
          .replace('</body>', () => `<!-- This page contains code of:\n\n${licences}\n-->\n</body>`)
          .replace('<!--style-->', () => `<style>${style}</style>`)
          .replace('<!--script-->', () => `<script type="module">${script}</script>`);
        file.fileName = 'report.html';
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), oneFile()],
  build: { target: 'es2022', modulePreload: false, cssCodeSplit: false, assetsInlineLimit: 0, reportCompressedSize: false, rolldownOptions: { input: 'report.html' } },
});
