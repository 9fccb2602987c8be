import { startApp } from './app/startApp.ts';

startApp();
