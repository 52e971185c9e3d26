// What users publish: a comment in a room. It must leave space for the event's id, with which the webhook publishes it again.
import type { InferOutput } from 'valibot';
import { defineMessage } from '../../handlers/core/message';
import { chosenName, writtenText } from '../../handlers/core/message-fields';

export const message = defineMessage({ comment: writtenText, courseId: chosenName }, { longest: 'comment' });

export type Message = InferOutput<typeof message.received>;
