// Connects the page with its server: what happens there shows here, what is pressed here happens there.
import './attacks.js';
import { showCourse, shownCourse } from './course.js';
import { byId, element } from './element.js';
import { showJourney, showJourneys } from './journeys.js';
import { post } from './server.js';
import { showQueues, showTrouble } from './trouble.js';

function showConnection(state, text) {
  const badge = byId('connection');
  badge.dataset.state = state;
  badge.textContent = text;
}

function showAddresses({ cache, topic, webhookUrl, publisherUrl, tokensUrl }) {
  const all = {
    Webhook: webhookUrl,
    Publisher: publisherUrl,
    'Token service': tokensUrl,
    Cache: cache,
    Topic: topic,
  };
  const pairs = Object.entries(all).map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, element('code', {}, value))),
  );
  byId('addresses').replaceChildren(...pairs);
}

const events = new EventSource('api/events');
const on = (name, show) => events.addEventListener(name, (event) => show(JSON.parse(event.data)));
on('state', ({ journeys, queues, trouble, stack }) => {
  showConnection('done', 'connected');
  showJourneys(journeys);
  showQueues(queues);
  showTrouble(trouble);
  showAddresses(stack);
  showCourse();
});
on('journey', (journey) => {
  showJourney(journey);
  if (journey.steps.cache?.state === 'done' && journey.courseId === shownCourse()) showCourse();
});
on('queues', showQueues);
on('trouble', showTrouble);
events.addEventListener('error', () => showConnection('failed', 'the stack has ended, or starts again'));

const form = byId('publish');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { userId, courseId, comment } = Object.fromEntries(new FormData(form));
  const answer = byId('published');
  answer.textContent = '';
  if (courseId !== shownCourse()) showCourse(courseId);
  try {
    const { status, message } = await post('api/publish', { userId, courseId, comment });
    answer.textContent =
      status === 200 ? 'The publisher answered 200' : `The publisher answered ${status}: ${message}`;
    answer.dataset.state = status === 200 ? 'done' : 'failed';
  } catch (error) {
    answer.textContent = error.message;
    answer.dataset.state = 'failed';
  }
});

form.elements.comment.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
