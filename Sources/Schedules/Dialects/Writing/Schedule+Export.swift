import Support

/// A schedule written for a trainer.
public struct ScheduleExport: Equatable, Sendable {
  /// The code, the flags or the configuration, without a final line break.
  public let text: String

  /// Where the trainer's conventions differ from the schedule.
  public let remarks: [ScheduleFinding]
}

/// How a library's configurations are written.
struct TrainerWriter: Sendable {
  /// What the library's own dialect reads.
  let request: @Sendable (TrainerQuestion) throws(InputError) -> DialectRequest

  /// What the user gives the trainer.
  let text: @Sendable (DialectRequest) -> String
}

/// A schedule to be written for a trainer.
struct TrainerQuestion {
  let dialect: Dialect
  let schedule: Schedule
  let baseLearningRate: Double?
  let phases: [SchedulePhase]

  /// The schedule as trainers describe it; nil where it has another order.
  let outline: ScheduleOutline?

  init(_ schedule: Schedule, for dialect: Dialect, baseLearningRate: Double?) {
    self.dialect = dialect
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
    phases = schedule.phases
    outline = ScheduleOutline(of: phases)
  }

  var steps: Int { schedule.steps }

  func request(_ name: String, _ parameters: [String: ParameterValue]) -> DialectRequest {
    DialectRequest(
      name: name, parameters: parameters, steps: steps, learningRate: baseLearningRate)
  }

  func failure(
    _ problem: String, _ hint: String = "export torch or optax, which express any schedule"
  ) -> InputError {
    InputError(.value, dialect.rawValue, problem: problem, hint: hint)
  }

  /// The outline, which most trainers need.
  func required(_ outline: ScheduleOutline?) throws(InputError) -> ScheduleOutline {
    if let outline { return outline }
    var shown = "a decay that is cut off at its floor"
    if case .values? = phases.first?.law { shown = "a table of values" }
    if phases.count > 1 { shown = "\(phases.count) stretches in another order" }
    throw failure("it knows warmup, one plateau and one decay, and this is \(shown)")
  }

  /// The base learning rate, which some configurations need.
  func requiredRate() throws(InputError) -> Double {
    if let baseLearningRate { return baseLearningRate }
    throw failure(
      "it takes learning rates, and the base one is not known", "give the base learning rate")
  }

  /// What the trainer calls a decay.
  func name(of decay: Ramp, among curves: [(curve: Curve, name: String)]) throws(InputError)
    -> String
  {
    guard let name = curves.first(where: { $0.curve == decay.curve })?.name else {
      throw failure("it has no \(decay.kind) here")
    }
    return name
  }
}

extension Schedule {
  /// The schedule written for a trainer.
  ///
  /// Code for torch and optax has the same multipliers. A trainer's configuration is read back by its
  /// dialect before it is returned: where the two differ by no more than a step at the ends, which is a
  /// matter of convention, a remark says by how much; otherwise it is refused.
  ///
  /// - Parameters:
  ///   - dialect: the trainer, one of ``Dialect/writable``.
  ///   - title: what the schedule is, for a comment.
  ///   - baseLearningRate: γ; Megatron-LM and nanotron need it.
  /// - Returns: the text and its remarks.
  /// - Throws: `InputError` naming what the trainer cannot express.
  /// - Complexity: O(T).
  public func exported(
    for dialect: Dialect, title: String, baseLearningRate: Double? = nil
  ) throws(InputError) -> ScheduleExport {
    let question = TrainerQuestion(self, for: dialect, baseLearningRate: baseLearningRate)
    if dialect.isCode {
      let code = try PythonSchedule(question, title: title)
      return ScheduleExport(text: dialect == .torch ? code.torch : code.optax, remarks: [])
    }
    guard let writer = dialect.library.writer else {
      let names = Dialect.writable.map(\.rawValue).joined(separator: ", ")
      throw question.failure("its schedules are only read", "give one of \(names)")
    }
    let request = try writer.request(question)
    let reading: DialectSchedule
    do throws(InputError) {
      // That a floor is a learning rate is no news where the base one is given.
      reading = try dialect.read(request, remarksLevels: false)
    } catch {
      throw question.failure("it cannot express this (\(error.problem))")
    }
    let difference = try question.difference(from: reading.schedule)
    var remarks = reading.remarks
    if difference > 1e-9 {
      remarks.append(
        ScheduleFinding(
          code: "end-points", severity: .information,
          message:
            "\(dialect.rawValue) counts the steps of warmup or decay otherwise: multipliers differ by up to \(rounded(difference)) of the peak"
        ))
    }
    return ScheduleExport(text: writer.text(request), remarks: remarks)
  }
}

extension TrainerQuestion {
  /// The largest difference, none of which may exceed what one step makes.
  fileprivate func difference(from other: Schedule) throws(InputError) -> Double {
    guard other.steps == steps else {
      throw failure("it cannot express \(steps) steps of this schedule")
    }
    var largest = 0.0
    var position = 0
    while position < steps {
      let end = min(steps, position + 65_536)
      let (first, last) = (max(0, position - 1), min(steps, end + 1))
      let own = schedule.multipliers(in: first..<last)
      let others = other.multipliers(in: position..<end)
      for step in position..<end {
        let index = step - first
        let value = own[index]
        let before = index > 0 ? abs(own[index - 1] - value) : 0
        let after = index + 1 < own.count ? abs(own[index + 1] - value) : 0
        // A trainer that never reaches the peak keeps the learning rate that it was given.
        let read = others[step - position] * other.peak
        let difference = abs(read - value)
        guard difference <= 1.5 * max(before, after) + 1e-9 else {
          throw failure(
            "it cannot express this: its learning rate at step \(step + 1) would be \(rounded(read)) of the peak, not \(rounded(value))"
          )
        }
        largest = max(largest, difference)
      }
      position = end
    }
    return largest
  }
}

private func rounded(_ value: Double) -> String { decimalText((value * 1e6).rounded() / 1e6) }
