/** Draws the run of an embed's frame: the page's own stores and panels, as far as the author shows them. */
import { createRoot } from 'react-dom/client';
import type { Beginning } from '../../embed/frame.ts';
import type { Command } from '../../embed/protocol.ts';
import { connectWorker } from '../../state/connect.ts';
import { makeEmbedBridge } from '../../state/embedBridge.ts';
import { makeLab } from '../../state/lab.ts';
import { registries } from '../../state/registries.ts';
import { Fallback } from '../Fallback.tsx';
import { LabProvider } from '../lab.tsx';
import '../page.css';
import { EmbedPage } from './EmbedPage.tsx';

/** Opens the run and connects it with the page around. */
export function openRun({ options, complaints, around, root, is_playing, commands }: Beginning): void {
  const lab = makeLab(registries, connectWorker, options.setup);
  const { setup, view, run } = lab;
  setup.setState({ complaints: [...complaints, ...setup.getState().complaints] });
  for (const panel of options.panels) if (panel !== 'charts') view.getState().setOpen(panel, true);
  run.getState().setWanted(is_playing);
  const bridge = makeEmbedBridge(lab, around.tell, (theme) => {
    document.documentElement.dataset.theme = theme;
  });

  // seen: on the screen, in a tab that is shown
  let is_inside = true;
  const look = () => bridge.setSeen(is_inside && !document.hidden);
  document.addEventListener('visibilitychange', look);
  new IntersectionObserver((entries) => {
    is_inside = entries[entries.length - 1].isIntersecting;
    look();
  }).observe(root);

  const onReady = () => {
    around.tell({ type: 'ready', state: bridge.state() });
    for (const message of setup.getState().complaints) around.tell({ type: 'error', message });
  };
  const onHeight = (height: number) => around.tell({ type: 'height', height });
  createRoot(root).render(
    <Fallback>
      <LabProvider value={lab}>
        <EmbedPage options={options} onReady={onReady} onHeight={onHeight} />
      </LabProvider>
    </Fallback>,
  );
  void bridge.begin();
  const obey = (command: Command) => void bridge.obey(command);
  for (const command of commands) obey(command);
  around.serve(obey);
}
