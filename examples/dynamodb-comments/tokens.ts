// What a user's token may do: publish a message.
import { publishOnly } from '../../handlers/core/user-token';

export const userToken = publishOnly;
