// Connects the page with its server: shows the server's events, and sends the user's actions.
import './attacks.js';
import { showBurst } from './burst.js';
import { showConnected, showGone } from './connection.js';
import { curl, curlOfPage, showCurl } from './curl.js';
import { byId, element } from './element.js';
import { showJourney, showJourneys } from './journeys.js';
import { showFields, written } from './message.js';
import { namePlaces, shownPlace, showPlace } from './place.js';
import { showRelay } from './relay.js';
import { showQueues, showTrouble } from './trouble.js';
import './publish.js';

let about;

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
on('state', (state) => {
  about = state;
  showConnected();
  showFields(state.example);
  namePlaces(state.placeName);
  byId('store-name').textContent = state.storeName;
  showJourneys(state.journeys);
  showQueues(state.gauges.queues, state.now);
  showBurst(state.gauges.burst);
  showRelay(state.gauges.relay);
  showTrouble(state.trouble);
  showAddresses(state.stack);
  showPlace(shownPlace() || state.place);
});
on('journey', (journey) => {
  showJourney(journey);
  if (journey.steps.outcome?.state === 'done' && journey.place === shownPlace()) showPlace();
});
on('queues', ({ value, now }) => showQueues(value, now));
on('burst', ({ value }) => {
  showBurst(value);
  if (value.done % 10 === 0) showPlace();
});
on('relay', ({ value }) => showRelay(value));
on('trouble', showTrouble);
events.addEventListener('error', showGone);

showCurl('publish-curl', () => {
  const { userId, message } = written();
  const { stack, signing } = about;
  return {
    Publish: curl({ url: stack.publisherUrl, body: JSON.stringify({ userId, ...message }), signing }),
    'Publish 100': curlOfPage('api/burst', { message }),
  };
});
showCurl('trouble-curl', () => ({
  'Works, is down, is slow': ['none', 'down', 'slow']
    .map((trouble) => curlOfPage('api/trouble', { trouble }))
    .join('\n'),
  'Skip the wait': curlOfPage('api/hurry'),
  'Send all back': curlOfPage('api/send-back'),
}));
showCurl('relay-curl', () =>
  Object.fromEntries(
    ['cut', 'freeze', 'thaw', 'kill'].map((trouble) => [trouble, curlOfPage('api/relay', { trouble })]),
  ),
);
