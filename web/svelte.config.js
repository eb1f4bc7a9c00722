// For Vite, svelte-check and the editor.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// The data of a page never change, so reading a prop once is enough; a canvas that only shows something is a picture.
const fine = ['state_referenced_locally', 'a11y_no_interactive_element_to_noninteractive_role'];
export default { preprocess: vitePreprocess(), compilerOptions: { warningFilter: (w) => !fine.includes(w.code) } };
