import Support

/// Turns one scheduler's parameters into segments; each library's file extends it.
///
/// Levels are fractions of the optimiser's learning rate or, with ``isAbsolute``, learning rates. Steps count
/// from 0.
struct DialectReader {
  let subject: String

  var request: DialectRequest

  /// The parameters not yet taken, and all names asked for.
  var members: [String: ParameterValue]
  var known: [String] = []

  var intent = ScheduleIntent()
  private(set) var remarks: [ScheduleFinding] = []

  /// Whether levels are learning rates.
  var isAbsolute = false

  /// Whether an absolute level nevertheless comes from the optimiser.
  var takesOptimiserRate = false

  var remarksLevels = true

  private(set) var learningRate: Double?

  /// B, the tokens in a step.
  var batchTokens: Int?

  /// The sequences in a step.
  var sequences: Int?

  var steps = 0

  /// W, possibly fractional, for libraries in which every scheduler has a warmup.
  var warmup = 0.0

  private(set) var segments: [Segment] = []

  private(set) var position = 0

  init(_ request: DialectRequest, subject: String) {
    self.subject = subject
    self.request = request
    members = request.parameters.filter { $0.value != .null }
    learningRate = request.learningRate
    batchTokens = request.batchTokens
  }

  var name: String { request.name }

  var total: Double { Double(steps) }

  private static let usableMagnitudes = 1e-50...1e50

  private static let mostStoredSteps = 50_000_000

  /// Returns the finished schedule; parameters not taken are an error.
  func finished() throws(InputError) -> DialectSchedule {
    try refuseRest()
    let overflow = failure(
      nil, "its learning rates leave the range from 1e-50 to 1e50", "check its parameters")
    guard segments.allSatisfy(\.isFinite) else { throw overflow }
    guard let schedule = Schedule(segments: segments) else {
      throw failure(
        nil, "every learning rate of the run is zero",
        "give a schedule with a positive learning rate")
    }
    let rate = (isAbsolute ? 1 : learningRate).map { $0 * schedule.peak }
    guard Self.usableMagnitudes.contains(schedule.peak),
      rate.map({ Self.usableMagnitudes.contains($0) }) ?? true
    else { throw overflow }
    return DialectSchedule(
      schedule: schedule, baseLearningRate: rate, batchTokens: batchTokens,
      usesLearningRate: !isAbsolute || takesOptimiserRate, intent: intent, remarks: remarks)
  }

  mutating func note(
    warmup: Double, decayStart: Double? = nil, horizon: Double? = nil, floor: Double? = nil
  ) {
    intent.warmupSteps = warmup
    intent.decayStart = decayStart
    intent.horizon = horizon
    intent.floor = floor
  }

  mutating func remark(
    _ code: String, _ severity: ScheduleFinding.Severity, _ message: String
  ) {
    remarks.append(ScheduleFinding(code: code, severity: severity, message: message))
  }
}

extension DialectReader {
  /// Takes T from the request, its tokens and the given keys, which must agree.
  mutating func takeSteps(_ keys: String...) throws(InputError) {
    var known = request.steps
    for key in keys {
      guard let given = try count(key, least: 1) else { continue }
      if let known, known != given {
        throw failure(
          key, "\(given) contradicts the run of \(known) steps",
          "give the same number, or only one of them"
        )
      }
      known = given
    }
    if let tokens = request.tokens {
      guard known != nil || batchTokens != nil else {
        throw failure(
          nil, "the steps of \(grouped(tokens)) tokens depend on the batch",
          "give the tokens in a step, or the number of steps")
      }
      known =
        try batchTokens.map { batch throws(InputError) in
          try steps(of: tokens, batch: batch, known: known)
        } ?? known
    }
    guard let known else {
      throw failure(
        nil, "the number of steps is not known", "give the number of steps")
    }
    try require(
      known <= ScheduleSpec.mostSteps, nil, "\(known) steps are out of range", "give at most 1e9")
    steps = known
  }

  /// T of a run in tokens, rounded up to a step.
  private mutating func steps(of tokens: Int, batch: Int, known: Int?) throws(InputError) -> Int? {
    do throws(InputError) {
      let length = try RunLength(steps: known, tokens: tokens, batchTokens: batch)
      for rounding in length.assumptions { remark("rounded-length", .information, rounding) }
      return length.steps
    } catch {
      throw failure(nil, error.problem, error.hint)
    }
  }

  /// Takes the learning rate from the request and the given keys, which must agree.
  mutating func takeLearningRate(_ keys: String...) throws(InputError) {
    for key in keys {
      guard let given = try number(key, in: Self.usableMagnitudes) else { continue }
      if let learningRate, learningRate != given {
        throw failure(
          key, "\(given) contradicts the learning rate \(learningRate)",
          "give the same number, or only one of them")
      }
      learningRate = given
    }
  }

  func requireLearningRate(for key: String) throws(InputError) -> Double {
    guard let learningRate else {
      throw failure(
        key, "it is a learning rate, but the optimiser's is not known",
        "give the optimiser's learning rate")
    }
    return learningRate
  }

  /// Takes a learning rate as a fraction of the optimiser's; nil without a value or default.
  mutating func level(_ key: String, default standard: Double? = nil) throws(InputError) -> Double?
  {
    guard let rate = try number(key) ?? standard else { return nil }
    if rate == 0 { return 0 }
    if remarksLevels {
      remark(
        "absolute-level", .information,
        "\(key) is a learning rate, so the shape depends on the base learning rate")
    }
    return rate / (try requireLearningRate(for: key))
  }

  mutating func fraction(_ key: String) throws(InputError) -> Double? {
    try number(key, in: 0...1)
  }

  mutating func power(_ key: String = "power", default standard: Double = 1) throws(InputError)
    -> Double
  {
    try number(key, in: 1e-6...1e3) ?? standard
  }

  /// Returns whichever of two equivalent parameters is given; both are an error.
  func either<Value>(_ first: Value?, _ key: String, or second: Value?, _ other: String)
    throws(InputError) -> Value?
  {
    try require(first == nil || second == nil, key, "\(other) says the same", "give one of them")
    return first ?? second
  }

  /// Takes the scheduler's name from a parameter or the request, which must agree.
  mutating func style(_ key: String, among words: [String]) throws(InputError) -> String? {
    let given = try word(key, among: words)
    guard let given, !name.isEmpty, given != name else {
      return given ?? (name.isEmpty ? nil : name)
    }
    throw failure(
      key, "'\(given)' contradicts the scheduler \(printable(name))", "give one of them")
  }

  func requireNoName() throws(InputError) {
    try require(
      name.isEmpty, nil, "the library's only scheduler has no name", "leave the name out")
  }

  func unknown(_ names: [String]) -> InputError {
    let guess = nearestSpelling(to: name, among: names.map { $0.lowercased() })
    let proper = names.first { $0.lowercased() == guess }
    return failure(
      nil, "there is no scheduler of that name",
      (proper.map { "did you mean \($0)? " } ?? "") + "give one of \(names.joined(separator: ", "))"
    )
  }

  func refuseAdaptive(_ names: String...) throws(InputError) {
    guard names.contains(name) else { return }
    throw failure(
      nil, "its learning rate follows the loss, not the step",
      "give a log of the learning rates as @file.csv")
  }
}

/// Appends segments, cut at the end of the run; each covers the steps k < `limit`, which may be fractional.
extension DialectReader {
  var isComplete: Bool { position == steps }

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

  mutating func rise(from start: Double = 0, to peak: Double = 1, over width: Double) {
    ramp(from: start, to: peak, over: width)
  }

  mutating func level(_ level: Double, until limit: Double? = nil) {
    let count = room(until: limit ?? total)
    if count > 0 { append(.level(level, steps: count)) }
  }

  /// Adds consecutive levels, the last for the rest of the run.
  mutating func stairs(_ levels: [Double], ends: [Double]) {
    for (level, end) in zip(levels, ends) { self.level(level, until: end) }
    if let last = levels.last { level(last) }
  }

  /// Adds stored values where no curve fits.
  mutating func values(until limit: Double? = nil, _ value: (Double) -> Double) throws(InputError) {
    try require(
      steps <= Self.mostStoredSteps, nil,
      "\(steps) steps are too many for a schedule without a closed form",
      "give at most \(Self.mostStoredSteps)")
    let count = room(until: limit ?? total)
    guard count > 0 else { return }
    let first = position
    append(Segment(law: .values((0..<count).map { value(Double(first + $0)) }), count: count))
  }

  /// Adds a list of schedulers, each counting its steps from its boundary.
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
        key, "\(boundaries.count) do not separate \(schedulers.count) \(name)",
        "give one fewer than \(name), in rising order")
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

  /// Appends another reader's segments for steps k < `limit`.
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
