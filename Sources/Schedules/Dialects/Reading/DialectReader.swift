import Support

/// Turns the parameters of one scheduler into segments; each library's file adds how.
///
/// Levels are fractions of the learning rate that the optimiser is given, or learning rates themselves where
/// the library's schedules are that (``isAbsolute``). Steps are counted from 0, as the libraries count them.
struct DialectReader {
  /// The library and the scheduler's name, for messages.
  let subject: String

  var request: DialectRequest

  /// The parameters that are not taken yet, and the names of those that were asked for.
  var members: [String: ParameterValue]
  var known: [String] = []

  var intent = ScheduleIntent()
  private(set) var remarks: [ScheduleFinding] = []

  /// Whether levels are learning rates.
  var isAbsolute = false

  /// Whether one of these is the optimiser's nevertheless.
  var takesOptimiserRate = false

  /// Whether levels that are learning rates are remarked.
  var remarksLevels = true

  /// The learning rate, where the parameters say it.
  private(set) var learningRate: Double?

  /// T.
  var steps = 0

  /// W, whole or not, where all schedulers of the library have one.
  var warmup = 0.0

  private(set) var segments: [Segment] = []

  /// The steps that are laid out.
  private(set) var position = 0

  init(_ request: DialectRequest, subject: String) {
    self.subject = subject
    self.request = request
    members = request.parameters.filter { $0.value != .null }
    learningRate = request.learningRate
  }

  var name: String { request.name }

  /// T as the libraries compute with it.
  var total: Double { Double(steps) }

  /// The largest learning rates, and multipliers of one, that a run may have.
  private static let usableMagnitudes = 1e-50...1e50

  /// The longest stretch that has to be stored value by value.
  private static let mostStoredSteps = 50_000_000

  /// The schedule of the segments, of which no parameter may be left.
  func finished() throws(InputError) -> DialectSchedule {
    try refuseRest()
    let overflow = failure(
      nil, "its learning rates leave the range from 1e-50 to 1e50", "check its parameters")
    guard segments.allSatisfy(\.isFinite) else { throw overflow }
    guard let schedule = Schedule(segments: segments) else {
      throw failure(
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

  /// Notes the lengths that the configuration names.
  mutating func note(
    warmup: Double, decayStart: Double? = nil, horizon: Double? = nil, floor: Double? = nil
  ) {
    intent.warmupSteps = warmup
    intent.decayStart = decayStart
    intent.horizon = horizon
    intent.floor = floor
  }

  /// Notes what a reader should know about the library.
  mutating func remark(
    _ code: String, _ severity: ScheduleFinding.Severity, _ message: String
  ) {
    remarks.append(ScheduleFinding(code: code, severity: severity, message: message))
  }
}

/// What several libraries take.
extension DialectReader {
  /// Takes T from the request or from the first of the keys that is given; both must agree.
  mutating func takeSteps(_ keys: String...) throws(InputError) {
    var known = request.steps
    for key in keys {
      guard let given = try count(key, least: 1) else { continue }
      if let known, known != given {
        throw failure(
          key, "\(given) contradicts the run of \(known) steps", "give the same number, or one only"
        )
      }
      known = given
    }
    guard let known else {
      throw failure(
        nil, "the number of steps is not known", "give the number of steps")
    }
    try require(
      known <= ScheduleSpec.mostSteps, nil, "\(known) steps are out of range", "give at most 1e9")
    steps = known
  }

  /// Takes the learning rate from the keys, or else the request.
  mutating func takeLearningRate(_ keys: String...) throws(InputError) {
    for key in keys {
      guard let given = try number(key, in: Self.usableMagnitudes) else { continue }
      if let learningRate, learningRate != given {
        throw failure(
          key, "\(given) contradicts the learning rate \(learningRate)",
          "give the same number, or one only")
      }
      learningRate = given
    }
  }

  /// The learning rate, which a parameter in learning rates needs.
  func requireLearningRate(for key: String) throws(InputError) -> Double {
    guard let learningRate else {
      throw failure(
        key, "it is a learning rate, and the optimiser's is not known",
        "give the optimiser's learning rate")
    }
    return learningRate
  }

  /// An absolute level as a fraction of the learning rate; nil where the key is not given and has no
  /// default.
  mutating func level(_ key: String, default standard: Double? = nil) throws(InputError) -> Double?
  {
    guard let rate = try number(key) ?? standard else { return nil }
    if rate == 0 { return 0 }
    if remarksLevels {
      remark(
        "absolute-level", .information,
        "\(key) is a learning rate, so that the shape depends on the base one")
    }
    return rate / (try requireLearningRate(for: key))
  }

  /// A fraction of a count, which must lie within the run.
  mutating func fraction(_ key: String) throws(InputError) -> Double? {
    try number(key, in: 0...1)
  }

  /// The power of a decay.
  mutating func power(_ key: String = "power", default standard: Double = 1) throws(InputError)
    -> Double
  {
    try number(key, in: 1e-6...1e3) ?? standard
  }

  /// One of two keys that say the same, of which at most one may be given.
  func either<Value>(_ first: Value?, _ key: String, or second: Value?, _ other: String)
    throws(InputError) -> Value?
  {
    try require(first == nil || second == nil, key, "\(other) says the same", "give one of them")
    return first ?? second
  }

  /// The scheduler that a parameter names, or else the request; both must agree.
  mutating func style(_ key: String, among words: [String]) throws(InputError) -> String? {
    let given = try word(key, among: words)
    guard let given, !name.isEmpty, given != name else {
      return given ?? (name.isEmpty ? nil : name)
    }
    throw failure(
      key, "'\(given)' contradicts the scheduler \(printable(name))", "give one of them")
  }

  /// Refuses a name where the library has one scheduler only.
  func requireNoName() throws(InputError) {
    try require(
      name.isEmpty, nil, "the library has one scheduler, which has no name", "leave the name out")
  }

  /// An error about a scheduler that the dialect does not know.
  func unknown(_ names: [String]) -> InputError {
    let guess = nearestSpelling(to: name, among: names.map { $0.lowercased() })
    let proper = names.first { $0.lowercased() == guess }
    return failure(
      nil, "no scheduler of that name is known",
      (proper.map { "did you mean \($0)? " } ?? "") + "give one of \(names.joined(separator: ", "))"
    )
  }

  /// Refuses a scheduler whose learning rate depends on the loss.
  func refuseAdaptive(_ names: String...) throws(InputError) {
    guard names.contains(name) else { return }
    throw failure(
      nil, "its learning rate follows the loss and is not a function of the step",
      "give a log of the learning rates as @file.csv")
  }
}

/// Segments one after the other, cut at the end of the run; each lasts while k < `limit`, whole or not.
extension DialectReader {
  /// Whether every step is laid out.
  var isComplete: Bool { position == steps }

  /// A ramp at an origin over a width, until it has reached its end unless a limit is given.
  mutating func ramp(
    _ curve: Curve = .linear, from start: Double = 1, to end: Double = 0, at origin: Double = 0,
    over width: Double, until limit: Double? = nil
  ) {
    let count = room(until: limit ?? origin + width)
    guard count > 0 else { return }
    let ramp = Ramp(
      curve: curve, origin: origin - Double(position), width: width, start: start, end: end)
    append(Segment(law: .ramp(ramp), count: count))
  }

  /// A linear rise to the peak over the first steps.
  mutating func rise(from start: Double = 0, to peak: Double = 1, over width: Double) {
    ramp(from: start, to: peak, over: width)
  }

  /// One level, for the rest of the run unless a limit is given.
  mutating func level(_ level: Double, until limit: Double? = nil) {
    let count = room(until: limit ?? total)
    if count > 0 { append(.level(level, steps: count)) }
  }

  /// Levels one after the other, the last for the rest of the run.
  mutating func stairs(_ levels: [Double], ends: [Double]) {
    for (level, end) in zip(levels, ends) { self.level(level, until: end) }
    if let last = levels.last { level(last) }
  }

  /// Values of the steps that no curve gives.
  mutating func values(until limit: Double? = nil, _ value: (Double) -> Double) throws(InputError) {
    try require(
      steps <= Self.mostStoredSteps, nil, "\(steps) steps have no closed form here",
      "give at most \(Self.mostStoredSteps)")
    let count = room(until: limit ?? total)
    guard count > 0 else { return }
    let first = position
    append(Segment(law: .values((0..<count).map { value(Double(first + $0)) }), count: count))
  }

  /// Schedulers of a list one after the other, the steps of each counted from its boundary.
  mutating func sequence(
    _ name: String, boundaries key: String, example: String,
    _ lay: (inout DialectReader) throws(InputError) -> Void
  ) throws(InputError) {
    let schedulers = try list(name, example: example)
    let boundaries = try counts(key, example: example)
    guard boundaries.count == schedulers.count - 1,
      zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw failure(
        key, "\(boundaries.count) do not part \(schedulers.count) \(name)",
        "give one fewer than \(name), rising")
    }
    var warmup = 0.0
    for (index, scheduler) in schedulers.enumerated() {
      let start = index == 0 ? 0 : boundaries[index - 1]
      let end = index < boundaries.count ? boundaries[index] : steps
      var inner = try member(scheduler, of: name, index: index)
      inner.steps = max(1, min(end, steps) - start)
      inner.remarksLevels = remarksLevels
      try lay(&inner)
      try inner.refuseRest()
      remarks += inner.remarks
      if index == 0 { warmup = inner.intent.warmupSteps ?? 0 }
      intent = inner.intent
      intent.decayStart = intent.decayStart.map { $0 + Double(start) }
      intent.horizon = intent.horizon.map { $0 + Double(start) }
      append(inner.segments, until: Double(end))
    }
    intent.warmupSteps = warmup
  }

  /// The reader of one scheduler of a list: an object with its name and its parameters.
  private func member(_ value: ParameterValue, of list: String, index: Int) throws(InputError)
    -> DialectReader
  {
    guard case .object(var members) = value,
      case .text(let name)? = members.removeValue(forKey: "name")
    else {
      throw failure(
        list, "entry \(index + 1) has no name", "give {\"name\": …} with its parameters")
    }
    let request = DialectRequest(
      name: name, parameters: members, steps: self.request.steps, learningRate: learningRate)
    return DialectReader(request, subject: "\(subject) \(name)")
  }

  /// The segments of another reader, as far as they go, while k < `limit`.
  private mutating func append(_ others: [Segment], until limit: Double) {
    var count = room(until: limit)
    for segment in others where count > 0 {
      let kept = min(count, segment.count)
      append(
        Segment(law: segment.law, count: kept, skipped: segment.skipped, scale: segment.scale))
      count -= kept
    }
  }

  private mutating func append(_ segment: Segment) {
    segments.append(segment)
    position += segment.count
  }

  private func room(until limit: Double) -> Int {
    guard limit < total else { return steps - position }
    return max(0, Int(max(0, limit).rounded(.up)) - position)
  }
}
