// What users publish: a comment in a room. The webhook publishes it again with its event's id, which it must leave room for.
import type { InferOutput } from 'valibot';
import { defineMessage } from '../../handlers/core/message';
import { chosenName, writtenText } from '../../handlers/core/message-fields';

export const message = defineMessage({ comment: writtenText, courseId: chosenName }, { longest: 'comment' });

export type Message = InferOutput<typeof message.received>;
