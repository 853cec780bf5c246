/** What an operator applies as a whole. */
export const overlays = ['k8s/overlays/dev', 'k8s/overlays/prod', 'k8s/overlays/gpu'] as const;

/** What an operator applies once or now and then. */
export const jobFolders = [
  'k8s/overlays/dev/jobs/prepare',
  'k8s/overlays/dev/jobs/create-organisation',
  'k8s/overlays/prod/jobs/prepare',
  'k8s/overlays/prod/jobs/create-organisation',
] as const;

export const kustomizations = [...overlays, ...jobFolders] as const;
