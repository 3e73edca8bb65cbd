import Support

/// Turns one configuration into phases; each dialect's file adds how.
///
/// Levels are parts of the learning rate that the optimiser is given, or learning rates themselves where
/// the library's schedules are that (``isAbsolute``).
struct DialectReader {
  var request: DialectRequest
  var parameters: Parameters
  var intent = ScheduleIntent()
  var remarks: [ScheduleFinding] = []

  /// Whether levels are learning rates.
  var isAbsolute = false

  /// Whether one of these is the optimiser's nevertheless.
  var takesOptimiserRate = false

  /// The learning rate, where the parameters say it.
  private(set) var learningRate: Double?

  private var draft: ScheduleDraft?

  init(request: DialectRequest, parameters: Parameters) {
    self.request = request
    self.parameters = parameters
    learningRate = request.learningRate
  }

  var name: String { request.name }

  /// The largest learning rates, and multipliers of one, that a run may have.
  private static let usableMagnitudes = 1e-50...1e50

  /// The longest stretch that has to be stored value by value.
  static let mostStoredSteps = 50_000_000

  /// T from the request or from the first of the keys that is given; both must agree.
  mutating func steps(_ keys: String...) throws(DialectError) -> Int {
    var steps = request.steps
    for key in keys {
      guard let given = try parameters.count(key, least: 1) else { continue }
      if let steps, steps != given {
        throw parameters.failure(
          key, "\(given) contradicts the run of \(steps) steps", "give the same number, or one only"
        )
      }
      steps = given
    }
    guard let steps else {
      throw parameters.failure(nil, "the number of steps is not known", "add --steps")
    }
    guard steps <= ScheduleSpec.mostSteps else {
      throw parameters.failure(nil, "\(steps) steps are out of range", "give at most 1e9")
    }
    return steps
  }

  /// Takes the learning rate from the keys, or else the request.
  mutating func takeLearningRate(_ keys: String...) throws(DialectError) {
    for key in keys {
      guard let given = try parameters.number(key, in: 1e-50...1e50) else { continue }
      if let learningRate, learningRate != given {
        throw parameters.failure(
          key, "\(given) contradicts the learning rate \(learningRate)",
          "give the same number, or one only")
      }
      learningRate = given
    }
  }

  /// The learning rate, which a parameter in learning rates needs.
  func requireLearningRate(for key: String) throws(DialectError) -> Double {
    guard let learningRate else {
      throw parameters.failure(
        key, "it is a learning rate, and the optimiser's is not known", "add --lr")
    }
    return learningRate
  }

  /// An absolute level as a part of the learning rate; nil where the key is not given and has no default.
  mutating func level(_ key: String, default standard: Double? = nil) throws(DialectError)
    -> Double?
  {
    guard let rate = try parameters.number(key) ?? standard else { return nil }
    if rate == 0 { return 0 }
    remarks.append(
      ScheduleFinding(
        code: "absolute-level", severity: .information,
        message: "\(key) is a learning rate, so that the shape depends on the base one"))
    return rate / (try requireLearningRate(for: key))
  }

  /// A fraction of a count, which must lie within the run.
  mutating func fraction(_ key: String) throws(DialectError) -> Double? {
    try parameters.number(key, in: 0...1)
  }

  /// Refuses unknown parameters and keeps the phases.
  mutating func finish(_ draft: ScheduleDraft) throws(DialectError) {
    try parameters.finish()
    self.draft = draft
  }

  /// Notes the lengths that the configuration names.
  mutating func note(
    warmup: Double, decayStart: Double?, horizon: Double?, floor: Double? = nil
  ) {
    intent.warmupSteps = warmup
    intent.decayStart = decayStart
    intent.horizon = horizon
    intent.floor = floor
  }

  /// Whether a stretch may be stored value by value.
  func requireStorable(_ steps: Int) throws(DialectError) {
    guard steps <= Self.mostStoredSteps else {
      throw parameters.failure(
        nil, "\(steps) steps have no closed form here", "give at most \(Self.mostStoredSteps)")
    }
  }

  /// The scheduler that a parameter names, or else the request; both must agree.
  mutating func style(_ key: String, among words: [String]) throws(DialectError) -> String? {
    let given = try parameters.word(key, among: words)
    guard let given, !name.isEmpty, given != name else {
      return given ?? (name.isEmpty ? nil : name)
    }
    throw parameters.failure(
      key, "'\(given)' contradicts the scheduler \(printable(name))", "give one of them")
  }

  /// Refuses a name where the library has one scheduler only.
  func requireNoName() throws(DialectError) {
    guard name.isEmpty else {
      throw parameters.failure(
        nil, "the library has one scheduler, which has no name", "leave the name out")
    }
  }

  /// Refuses a scheduler that the dialect does not know.
  func unknown(_ names: [String]) -> DialectError {
    let guess = nearestSpelling(to: name, among: names.map { $0.lowercased() })
    let proper = names.first { $0.lowercased() == guess }
    return parameters.failure(
      nil, "no scheduler of that name is known",
      (proper.map { "did you mean \($0)? " } ?? "") + "give one of \(names.joined(separator: ", "))"
    )
  }

  /// Refuses a scheduler whose learning rate depends on the loss.
  func adaptive() -> DialectError {
    parameters.failure(
      nil, "its learning rate follows the loss and is no function of the step",
      "give a log of the learning rates as @file.csv")
  }

  /// The schedule of the phases.
  func schedule() throws(DialectError) -> DialectSchedule {
    let overflow = parameters.failure(
      nil, "its learning rates leave the range from 1e-50 to 1e50", "check its parameters")
    let segments = draft?.segments ?? []
    guard segments.allSatisfy(\.isFinite) else { throw overflow }
    guard let schedule = Schedule(segments: segments) else {
      throw parameters.failure(
        nil, "every learning rate of the run is zero", "give a schedule that moves")
    }
    let rate = (isAbsolute ? 1 : learningRate).map { $0 * schedule.peak }
    guard Self.usableMagnitudes.contains(schedule.peak),
      rate.map({ Self.usableMagnitudes.contains($0) }) ?? true
    else { throw overflow }
    return DialectSchedule(
      schedule: schedule, baseLearningRate: rate,
      usesLearningRate: !isAbsolute || takesOptimiserRate, intent: intent, remarks: remarks)
  }
}
