// The report in a real browser. SYNFIRE_PAGES: the folder into which tests/web.sh had pages written by synfire.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { open, start } from './page.mjs';

const folder = process.env.SYNFIRE_PAGES, file = (name) => `${folder}/${name}.html`;
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const names = ['pictures', 'table', 'numbers', 'compare', 'diverged', 'million', 'files'];
let browser;
before(async () => { browser = await start(); });
after(() => browser.close());

async function on(name, options, work) {
  const { page, said, close } = await open(browser, file(name), options);
  try {
    await work(page);
    assert.deepEqual(said, []);
  } finally {
    await close();
  }
}
const wait = (page) => page.waitForTimeout(150);

for (const name of names)
  for (const width of [400, 1600])
    for (const dark of [false, true])
      test(`${name}: opens from a file without a word and fits, ${width} px, ${dark ? 'dark' : 'light'}`, () => on(name, { width, dark }, async (page) => {
        await wait(page);
        assert.ok((await page.locator('.chart canvas').count()) > 0, 'a curve is drawn');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, 'nothing sticks out');
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), dark ? 'dark' : 'light');
      }));

for (const name of ['pictures', 'table', 'numbers', 'compare', 'diverged', 'files'])
  for (const dark of [false, true])
    test(`${name}: axe-core finds nothing, ${dark ? 'dark' : 'light'}`, () => on(name, { dark }, async (page) => {
      await wait(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
      // Through the debugger: the page's own policy would not run it.
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
      assert.ok(passes.length > 15);
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')}`), []);
    }));

test('a click on a confusion cell shows its samples, a second one hides them', () => on('pictures', {}, async (page) => {
  const cell = page.locator('#cell-3-3');
  const n = Number(await cell.textContent());
  assert.ok(n > 0);
  await cell.click();
  const shown = page.locator('#cell-samples .sample');
  assert.equal(await shown.count(), Math.min(n, 12));
  assert.equal(await page.locator('#cell-samples img').count(), await shown.count());
  assert.ok(await page.locator('#cell-samples img').first().evaluate((i) => i.complete && i.naturalWidth === 8), 'a picture of 8 x 8');
  await cell.click();
  assert.equal(await page.locator('#cell-samples').count(), 0);
}));

test('rows of the matrix add up: counts to all samples, shares to 100 %', () => on('pictures', {}, async (page) => {
  const cells = () => page.$$eval('.matrix button', (list) => list.map((b) => Number(b.textContent === '·' ? 0 : b.textContent)));
  const counts = await cells();
  const rows = JSON.parse(await page.locator('#data[type]').textContent()).runs[0].judged.rows;
  assert.equal(counts.reduce((a, b) => a + b, 0), rows);
  await page.getByRole('button', { name: 'row %' }).click();
  const share = await cells();
  for (let r = 0; r < 10; ++r) assert.ok(Math.abs(share.slice(10 * r, 10 * r + 10).reduce((a, b) => a + b, 0) - 100) < 0.6);
}));

test('keys: the skip link, the matrix by arrows, the curve by plus and Escape', () => on('pictures', {}, async (page) => {
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.locator('#cell-0-0').focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'cell-2-2');
  await page.keyboard.press('Enter');
  assert.ok((await page.locator('#cell-samples .sample').count()) > 0);
  const chart = page.locator('.chart').first(), look = () => chart.locator('canvas').evaluate((c) => c.toDataURL());
  await chart.focus();
  const whole = await look();
  await page.keyboard.press('+');
  await wait(page);
  assert.notEqual(await look(), whole);
  await page.keyboard.press('Escape');
  await wait(page);
  assert.equal(await look(), whole);
}));

test('a class whose name is a script stays a name', () => on('table', {}, async (page) => {
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.ok((await page.locator('.matrix').innerText()).includes('</script>'));
  assert.equal(await page.locator('img[src="x"]').count(), 0);
}));

test('health: findings in words, layers over time; without measures it says so', async () => {
  await on('pictures', {}, async (page) => {
    const text = await page.locator('#health').innerText();
    assert.ok(text.includes('80 % of its units never answer') && text.includes('a smaller learning rate'), text);
    assert.ok((await page.locator('#health .spark').count()) > 0);
    assert.match(await page.locator('a.badge[href="#health"]').innerText(), /dying relu/, 'the head says so, too');
    await page.locator('#health').getByRole('button', { name: 'Dead units' }).click();
  });
  await on('table', {}, async (page) => assert.ok((await page.locator('#health').innerText()).includes('did not measure')));
});

test('several runs: a row each, and the setting that differs', () => on('compare', {}, async (page) => {
  assert.equal(await page.locator('#metrics tbody tr').count(), 2);
  assert.ok((await page.locator('#settings').innerText()).includes('train.epochs'));
  assert.ok((await page.locator('#settings').innerText()).includes('layer.dense1.units'), 'layers by their names');
}));

test('a row shows the level of a category, as its table has it', () => on('numbers', {}, async (page) => {
  const said = await page.locator('.features').first().innerText();
  assert.ok(/district\s+(hill|harbour)/.test(said) && !said.includes('district='), said);
  const sample = await page.locator('.sample').first().innerText(), row = Number(/row (\d+)/.exec(sample)[1]);
  const area = readFileSync(`${folder}/numbers.csv`, 'utf8').split('\n')[row].split(',')[0];  // line 0 is the header
  assert.ok(Math.abs(Number(/area\s+([\d.]+)/.exec(sample)[1]) - Number(area)) < 1e-3, `row ${row} of the table has ${area}: ${sample}`);
}));

test('a diverged run says what happened', () => on('diverged', {}, async (page) => {
  assert.ok((await page.locator('.badge').first().innerText()) === 'diverged');
  assert.ok((await page.locator('.say.error').first().innerText()).length > 20);
  assert.ok((await page.locator('#health .say').first().innerText()).includes('rate'), 'and the findings say why');
}));

test('a million points: no spike is hidden, and a redraw takes less than 100 ms', () => on('million', {}, async (page) => {
  const chart = page.locator('.chart').first();
  await wait(page);
  // The only spike, at one step of a million, is the top of the axis; it must stand in the picture, far above all other points.
  const high = await chart.locator('canvas').evaluate((c) => {
    const d = c.getContext('2d').getImageData(Math.round(c.width * 0.3), 0, Math.round(c.width * 0.4), Math.round(c.height * 0.3)).data;
    let blue = 0;
    for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 20 && d[i + 2] > d[i] + 40) ++blue;
    return blue;
  });
  assert.ok(high > 5, 'the spike is seen');
  const times = await page.evaluate(async () => {
    const slider = document.querySelector('input[type=range]'), chart = document.querySelector('.chart'), list = [];
    const redraw = async (act) => {
      const t = performance.now();
      act();
      await new Promise((done) => setTimeout(done));  // effects and drawing are microtasks
      return performance.now() - t;
    };
    for (let i = 0; i < 5; ++i)
      list.push([await redraw(() => { slider.value = String(0.5 + i / 20); slider.dispatchEvent(new Event('input', { bubbles: true })); }),
        await redraw(() => chart.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 ? 'Escape' : '+', bubbles: true })))]);
    return list;
  });
  const best = [0, 1].map((k) => Math.min(...times.map((t) => t[k])));
  console.log(`# a million points: ${best[0].toFixed(0)} ms after smoothing, ${best[1].toFixed(0)} ms after zooming`);
  assert.ok(best[0] < 100 && best[1] < 100, JSON.stringify(times));
}));
