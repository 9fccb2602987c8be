import { useId, useState } from 'react';
import type { Param } from '../../nodes/kit/index.ts';
import { Button } from '../ui/Button.tsx';
import { useStores } from '../state/stores.ts';

interface Props {
  readonly name: string;
  readonly param: Param;
  readonly value: unknown;
  readonly changed: boolean;
  readonly problem: string | undefined;
  readonly onChange: (value: unknown) => void;
}

/** One setting: its field by kind, help below, what is wrong in place of the help. */
export function ParamField({ name, param, value, changed, problem, onChange }: Props) {
  const id = useId();
  const below = `${id}-below`;
  return (
    <div className="field" data-param={name} data-invalid={problem !== undefined || undefined}>
      <div className="field__head">
        <label className="field__title" htmlFor={id}>
          {param.title}
        </label>
        {changed && (
          <Button icon="reset" tone="quiet" small label={`Back to the default of ${param.title}`} onClick={() => onChange(param.default)} />
        )}
      </div>
      <Control id={id} below={below} param={param} value={value} invalid={problem !== undefined} onChange={onChange} />
      <p id={below} className="field__below" dir="auto">
        {problem ?? param.help}
      </p>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly below: string;
  readonly param: Param;
  readonly value: unknown;
  readonly invalid: boolean;
  readonly onChange: (value: unknown) => void;
}

function Control({ id, below, param, value, invalid, onChange }: ControlProps) {
  const shared = { id, 'aria-describedby': below, 'aria-invalid': invalid };
  switch (param.kind) {
    case 'number':
      return <NumberControl shared={shared} unit={param.unit} step={param.step} value={value} onChange={onChange} />;
    case 'text':
      return param.multiline ? (
        <textarea
          {...shared}
          className="input input--area"
          dir="auto"
          rows={4}
          value={String(value)}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input {...shared} className="input" dir="auto" value={String(value)} onChange={(event) => onChange(event.target.value)} />
      );
    case 'choice':
      return (
        <select {...shared} className="input" value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {param.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </select>
      );
    case 'toggle':
      return (
        <input
          {...shared}
          type="checkbox"
          role="switch"
          className="switch"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case 'file':
    case 'folder':
      return (
        <PathControl
          shared={shared}
          kind={param.kind}
          extensions={param.kind === 'file' ? param.extensions : []}
          value={String(value)}
          onChange={onChange}
        />
      );
    case 'files':
      return (
        <PathListControl
          shared={shared}
          extensions={param.extensions}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
        />
      );
  }
}

interface Shared {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

/** Keeps what was typed while it is no number, so that "0." and "-" can be typed through. */
function NumberControl(props: {
  shared: Shared;
  unit: string | undefined;
  step: number | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { shared, unit, step, value, onChange } = props;
  const [typed, setTyped] = useState<string>();
  const numeric = typed === undefined ? undefined : Number(typed);
  const shown = typed !== undefined && (typed.trim() === '' || !Number.isFinite(numeric) || numeric === value) ? typed : String(value);
  const change = (text: string) => {
    setTyped(text);
    const number = Number(text);
    // Infinity, as of "1e999", cannot be saved as JSON; as text it is shown as wrong.
    onChange(text.trim() === '' || !Number.isFinite(number) ? text : number);
  };
  const nudge = (by: number) => {
    if (typeof value !== 'number') return;
    const size = step ?? 1;
    change(String(Number((value + by * size).toFixed(10))));
  };
  return (
    <div className="input-row">
      <input
        {...shared}
        className="input input--number"
        inputMode="decimal"
        value={shown}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          nudge((event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1));
        }}
      />
      {unit && <span className="input-row__unit">{unit}</span>}
    </div>
  );
}

function PathControl(props: {
  shared: Shared;
  kind: 'file' | 'folder';
  extensions: readonly string[];
  value: string;
  onChange: (value: unknown) => void;
}) {
  const { shared, kind, extensions, value, onChange } = props;
  const { session } = useStores();
  const choose = async () => {
    const chosen = await session.chooseFile(kind, extensions);
    if (chosen?.[0]) onChange(chosen[0]);
  };
  return (
    <div className="input-row">
      <input
        {...shared}
        className="input input--path"
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <Button icon={kind} label={kind === 'file' ? 'Choose a file' : 'Choose a folder'} onClick={() => void choose()} />
    </div>
  );
}

function PathListControl(props: {
  shared: Shared;
  extensions: readonly string[];
  value: readonly string[];
  onChange: (value: unknown) => void;
}) {
  const { shared, extensions, value, onChange } = props;
  const { session } = useStores();
  const choose = async () => {
    const chosen = await session.chooseFile('files', extensions);
    if (chosen) onChange([...value, ...chosen.filter((path) => !value.includes(path))]);
  };
  return (
    <div className="path-list">
      <ul>
        {value.map((path, index) => (
          <li key={index} className="input-row">
            <input
              {...(index === 0 ? shared : { 'aria-label': `File ${index + 1}` })}
              className="input input--path"
              value={path}
              title={path}
              spellCheck={false}
              onChange={(event) => onChange(value.map((old, at) => (at === index ? event.target.value : old)))}
            />
            <Button icon="close" tone="quiet" label={`Remove ${path}`} onClick={() => onChange(value.filter((_, at) => at !== index))} />
          </li>
        ))}
      </ul>
      <Button icon="plus" small {...(value.length === 0 && shared)} onClick={() => void choose()}>
        Add files…
      </Button>
    </div>
  );
}
