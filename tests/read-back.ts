// A course's comments, as an application reads them.
import { apiKeyCredentials, localMomento } from '../handlers/adapters/momento-credentials';
import { type Comment, readComments } from '../local/comments';
import type { Stack } from '../local/stack';

/** The newest comments, up to a hundred. */
export function readBack(
  { apiKey, momento, cacheName }: Pick<Stack, 'apiKey' | 'momento' | 'cacheName'>,
  courseId: string | number,
): Promise<Comment[]> {
  const credentialProvider = apiKeyCredentials(apiKey, { local: localMomento(momento.url) });
  return readComments(String(courseId), { credentialProvider, cacheName, limit: 100 });
}
