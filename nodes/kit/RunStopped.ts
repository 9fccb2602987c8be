/** The reason of an aborted run's signal. `cancel` discards within 5 s; `stop` lets trainers write a checkpoint first. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  readonly mode: 'cancel' | 'stop';
  constructor(mode: 'cancel' | 'stop') {
    super(mode === 'stop' ? 'The run was stopped.' : 'The run was cancelled.');
    this.mode = mode;
  }
}
