// Where the page begins: the data that the program put in, shown.
import { mount } from 'svelte';
import App from './App.svelte';
import './style.css';
import { read } from './lib/data.ts';

mount(App, { target: document.getElementById('app')!, props: { report: read(document.getElementById('data')!.textContent ?? '') } });
