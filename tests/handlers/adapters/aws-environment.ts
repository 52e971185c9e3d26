// The environment in which the AWS SDK calls an endpoint of a test.

/** Sets it. Returns how to set back what was there. */
export function callAws(endpoint: string, key: { accessKeyId: string; secretAccessKey: string }): () => void {
  const values = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  };
  const surrounding = Object.keys(values).map((name): [string, string | undefined] => [
    name,
    process.env[name],
  ]);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of surrounding)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}
