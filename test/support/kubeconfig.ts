import type { Credential } from './certificates.ts';

/** The text of a kubeconfig for one user of one server (JSON, which is YAML too). */
export function kubeconfig(server: string, authority: string, credential: Credential): string {
  const name = 'controlplane';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
      users: [
        {
          name,
          user: {
            'client-certificate-data': base64(credential.certificate),
            'client-key-data': base64(credential.privateKey),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    null,
    2,
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
