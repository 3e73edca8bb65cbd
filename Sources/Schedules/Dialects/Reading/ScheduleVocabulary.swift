import Support

/// Decides which unread configuration keys may affect the learning rate.
///
/// The words come from the configurations of Hugging Face, Megatron-LM, torchtitan, OLMo-core, nanotron,
/// litgpt, DeepSpeed, Composer, axolotl, torchtune and NeMo. In doubt a key counts: an error names it, whereas
/// a silent default would give a wrong answer.
enum ScheduleVocabulary {
  /// Word stems that name something affecting a learning rate.
  private static let stems = [
    "warmup", "warmdown", "cooldown", "anneal", "schedul", "decay", "plateau", "timescale",
    "milestone", "rampup",
  ]

  /// Words that match only as a whole.
  private static let names: Set<String> = [
    "eta", "ramp", "warm", "cycle", "cycles", "sched", "hold", "stable", "wsd", "floor", "peak",
  ]

  /// Whole top-level keys that can only belong to a schedule.
  private static let wholeNames: Set<String> = [
    "min", "gamma", "cosine", "linear", "power", "t_max", "tmax", "end_value", "end_factor",
    "start_factor", "min_ratio", "final_div_factor", "div_factor", "exit_interval",
  ]

  /// Words long enough that a near match must be a misspelling.
  private static let longNames = [
    "warmup", "decay", "schedule", "scheduler", "learning", "anneal", "annealing", "cooldown",
  ]

  /// Words for things other than learning rates that have warmups, decays or schedules.
  private static let otherSchedules: Set<String> = [
    "wd", "ema", "pipeline", "pp", "expert", "ep", "profiler", "profile", "profiling", "curriculum",
    "monitor", "gc", "noise", "cuda", "graph", "graphs", "seq", "sequence", "nccl", "p2p",
    "momentum", "ltd", "compression", "ephemeral", "zenflow", "inprocess", "elastic",
  ]

  /// Words for things other than training counted in steps: logging, checkpoints, evaluation.
  private static let otherCounts: Set<String> = [
    "save", "saving", "checkpoint", "checkpointing", "ckpt", "eval", "evaluation", "val", "valid",
    "validation", "test", "log", "logging", "print", "report", "summary", "accumulation",
    "accumulate", "accum", "acc", "grad", "gradient", "epoch", "epochs", "seed", "data", "dataset",
    "loader", "dataloader", "generation", "inference", "timeout", "sync", "wait", "empty", "cache",
    "metric", "metrics", "exit", "skip", "wandb", "tensorboard", "early", "backward", "ns", "rl",
    "callbacks", "consumed", "merge", "time", "new", "prompt", "completion", "overlap",
    "input",
  ]

  /// Returns whether the key at a path may affect the schedule, in doubt true.
  ///
  /// It may also be a misspelling of a known name.
  static func mayConcernSchedule(_ path: [String], known: Set<String>) -> Bool {
    let words = Set(path.flatMap { Self.words(of: $0) })
    let letters = path.joined().lowercased().filter(\.isLetter)
    if letters.contains("learningrate") || letters.contains("hardstop")
      || words.contains(where: { $0.hasPrefix("lr") || $0.hasSuffix("lr") })
    {
      return !words.contains("monitor")
    }
    guard words.isDisjoint(with: otherSchedules) else { return false }
    if path.count == 1, wholeNames.contains(path[0].lowercased()) { return true }
    return namesSchedule(words) || countsTraining(words)
      || isMisspelt(path, words, known: known)
  }

  private static func namesSchedule(_ words: Set<String>) -> Bool {
    // Weight decay is not a schedule.
    let words = words.contains("weight") ? words.subtracting(["decay"]) : words
    return words.contains { word in
      names.contains(word) || stems.contains { word.contains($0) }
        || word != "delay" && word.count > 4
          && longNames.contains { isMisspelling(word, of: $0, edits: 1) }
    }
  }

  /// Whether the words count training steps or give the training length.
  private static func countsTraining(_ words: Set<String>) -> Bool {
    guard words.isDisjoint(with: otherCounts) else { return false }
    func isAny(_ parts: [String]) -> Bool { !words.isDisjoint(with: parts) }
    let counts = ["steps", "iters", "iterations", "updates"]
    if words.contains(where: { word in
      counts.contains { word.hasPrefix($0) || word.hasSuffix($0) }
    }) {
      return true
    }
    guard isAny(["train", "training", "total", "max", "num"]) else { return false }
    // "Max samples" limits the data set, not the training.
    return isAny(["tokens", "duration", "step", "iter", "iteration", "update"])
      || isAny(["samples", "batches"]) && !words.contains("max")
  }

  /// Whether a key contains or nearly matches a known name.
  private static func isMisspelt(_ path: [String], _ words: Set<String>, known: Set<String>) -> Bool
  {
    guard let key = path.last?.lowercased(), words.isDisjoint(with: otherCounts) else {
      return false
    }
    return known.contains { name in
      let name = name.lowercased()
      return name.count > 6 && key.contains(name)
        || name.count > 3 && isMisspelling(key, of: name, edits: name.count < 7 ? 1 : 2)
    }
  }

  /// Whether two words differ by a few edits or swapped letters.
  private static func isMisspelling(_ word: String, of other: String, edits: Int) -> Bool {
    // Comparing lengths first settles most cases cheaply.
    guard abs(word.utf8.count - other.utf8.count) <= edits else { return false }
    let (letters, others) = (Array(word.utf8), Array(other.utf8))
    let distance = editDistance(letters, others)
    return distance <= edits || distance == 2 && letters.sorted() == others.sorted()
  }

  /// The words of a key in lower case, split at capitals and other characters.
  private static func words(of key: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isAfterCapital = true
    for byte in key.utf8 {
      let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      let letter = isCapital ? byte + 32 : byte
      let isPartOfWord =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(letter)
      if !isPartOfWord || isCapital && !isAfterCapital {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isPartOfWord { word.unicodeScalars.append(Unicode.Scalar(letter)) }
      isAfterCapital = isCapital
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
