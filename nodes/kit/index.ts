export * from './artifactKinds.ts';
export * from './defineNode.ts';
export * from './migrateWorkflow.ts';
export * from './params.ts';
export * from './ports.ts';
export * from './RunContext.ts';
export * from './RunStopped.ts';
export * from './UserError.ts';
