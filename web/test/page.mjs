// Opening a report in the system's Chromium and hearing everything it says.
import { chromium } from 'playwright-core';
import { existsSync } from 'node:fs';

const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export const start = () => chromium.launch({ executablePath, headless: true, args: flags });

// A page at file://, and what it said: console messages, errors, requests other than the file itself.
export async function open(browser, path, { dark = false, width = 1600, height = 1000 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const page = await context.newPage(), said = [];
  page.on('console', (m) => said.push(`${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => said.push(`error: ${e.stack}`));
  page.on('dialog', (d) => { said.push(`dialog: ${d.message()}`); void d.dismiss(); });
  page.on('request', (r) => { if (!r.url().startsWith('data:') && r.url() !== `file://${path}`) said.push(`request: ${r.url()}`); });
  await page.goto(`file://${path}`);
  await page.waitForSelector('h1');
  return { page, said, close: () => context.close() };
}
