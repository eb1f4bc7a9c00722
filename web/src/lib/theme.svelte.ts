// Light or dark: the system's choice, or the reader's.
export const theme = $state({ dark: matchMedia('(prefers-color-scheme: dark)').matches, turns: 0 });

function show() {
  document.documentElement.dataset.theme = theme.dark ? 'dark' : 'light';
  ++theme.turns;
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (e) => { theme.dark = e.matches; show(); });
show();

export function toggle() {
  theme.dark = !theme.dark;
  show();
}

// A custom property's value as it is now; reading theme.turns makes what is drawn follow the theme.
export function colour(name: string): string {
  void theme.turns;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
