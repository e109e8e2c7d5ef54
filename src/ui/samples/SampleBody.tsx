import { TOKEN_COLORS, type TokenColor } from '../../state/sampleScale.ts';
import type { SampleGroup } from '../../trainer/protocol.ts';
import { useLab, useView } from '../lab.tsx';
import { CoefLegend, MarkLegend } from './CoefLegend.tsx';
import { HistoryBar } from './HistoryBar.tsx';
import { ResponseList } from './ResponseList.tsx';

/** A group's responses with the choice of what colours them, and the way back to earlier steps. */
export default function SampleBody({ latest, sample }: { latest: SampleGroup; sample: SampleGroup }) {
  const { view } = useLab();
  const color = useView((state) => state.token_color);
  return (
    <>
      <HistoryBar sample={latest} />
      <div className="sample-color">
        <label className="inline-field">
          Colour by
          <select value={color} onChange={(event) => view.getState().setTokenColor(event.target.value as TokenColor)}>
            {TOKEN_COLORS.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <MarkLegend sample={sample} />
      </div>
      <CoefLegend sample={sample} by={color} />
      <ResponseList sample={sample} by={color} />
    </>
  );
}
