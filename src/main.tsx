/** The page's entry: the lab, or at `?selftest` the self-test. */
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { connectWorker } from './state/connect.ts';
import { keepView } from './state/keptView.ts';
import { makeLab } from './state/lab.ts';
import { keepLesson } from './state/lessonAddress.ts';
import { followHash } from './state/panelHash.ts';
import { registries } from './state/registries.ts';
import { flushWhenHidden, openRunStorage } from './state/runsConnect.ts';
import { keepAddress } from './state/setupStore.ts';
import { keptTheme, showTheme } from './state/theme.ts';
import { App } from './ui/App.tsx';
import { Fallback } from './ui/Fallback.tsx';
import { LabProvider } from './ui/lab.tsx';
import './ui/page.css';

const SelfTestPage = lazy(() => import('./ui/selftest/SelfTestPage.tsx'));

showTheme(
  keptTheme(() => localStorage),
  document.documentElement,
);
const is_self_test = new URLSearchParams(location.search).has('selftest');
const lab = makeLab(registries, connectWorker, location.search, openRunStorage);
if (!is_self_test) {
  keepAddress(lab.catalogue, lab.setup, window);
  void lab.runs.getState().begin();
  flushWhenHidden(lab.runs, document);
  keepView(lab.view, () => localStorage); // before what the address asks for, which wins
  if (new URLSearchParams(location.search).has('sweep')) lab.view.getState().setOpen('sweep', true);
  followHash(lab.view, window);
  keepLesson(lab.view, window);
  void lab.session.begin();
}

createRoot(document.getElementById('root')!).render(
  <Fallback>
    <LabProvider value={lab}>
      {is_self_test ? (
        <Suspense>
          <SelfTestPage />
        </Suspense>
      ) : (
        <App />
      )}
    </LabProvider>
  </Fallback>,
);
