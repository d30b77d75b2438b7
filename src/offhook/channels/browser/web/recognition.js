// The browser's own speech recognition, where it offers one: what it hears is sent as text, replies are read aloud.

const Recogniser = window.SpeechRecognition ?? window.webkitSpeechRecognition;

export const offered = Boolean(Recogniser);

export class Recognition {
  // on: {state, problem, text(final), guess(partial)}
  constructor({ language, on }) {
    this.language = language;
    this.on = on;
    this.running = false;
  }

  start() {
    this.running = true;
    this.on.state("starting");
    this.listen();
  }

  stop() {
    this.running = false;
    this.recogniser?.abort();
    window.speechSynthesis?.cancel();
    this.on.state("off");
  }

  listen() {
    const recogniser = (this.recogniser = new Recogniser());
    recogniser.lang = this.language;
    recogniser.interimResults = true;
    recogniser.continuous = false;
    recogniser.onstart = () => this.running && this.on.state("live");
    recogniser.onspeechstart = () => window.speechSynthesis?.cancel();
    recogniser.onresult = ({ results, resultIndex }) => {
      const result = results[resultIndex];
      const text = result[0].transcript.trim();
      if (!result.isFinal) this.on.guess(text);
      else if (text) this.on.text(text);
    };
    recogniser.onerror = ({ error }) => {
      if (error === "no-speech" || error === "aborted") return;
      this.running = false;
      const refused = error === "not-allowed" || error === "service-not-allowed";
      this.on.state("off");
      this.on.problem(refused ? "microphone_refused" : "recognition_failed");
    };
    recogniser.onend = () => this.running && this.listen();
    recogniser.start();
  }

  read(text) {
    if (!this.running || !window.speechSynthesis) return;
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = this.language;
    window.speechSynthesis.speak(spoken);
  }
}
