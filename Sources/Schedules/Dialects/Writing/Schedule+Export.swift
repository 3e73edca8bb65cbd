import Support

/// A schedule written for a trainer.
public struct ScheduleExport: Equatable, Sendable {
  /// The code, flags or configuration, without a final line break.
  public let text: String

  /// Where the trainer's conventions differ from the schedule.
  public let remarks: [ScheduleFinding]
}

struct TrainerWriter: Sendable {
  /// Builds a request that the library's own dialect can read.
  let request: @Sendable (TrainerQuestion) throws(InputError) -> DialectRequest

  let text: @Sendable (DialectRequest) -> String
}

/// A schedule to export, with the forms that writers need.
struct TrainerQuestion {
  let dialect: Dialect
  let schedule: Schedule
  let baseLearningRate: Double?
  let phases: [SchedulePhase]

  /// The schedule as trainers describe it; nil if its phases have another order.
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
    _ problem: String, _ hint: String = "export for torch or optax, which can express any schedule"
  ) -> InputError {
    InputError(.value, dialect.rawValue, problem: problem, hint: hint)
  }

  func required(_ outline: ScheduleOutline?) throws(InputError) -> ScheduleOutline {
    if let outline { return outline }
    var shown = "a decay that is cut off at its floor"
    if case .values? = phases.first?.law { shown = "a table of values" }
    if phases.count > 1 { shown = "\(phases.count) stretches in another order" }
    throw failure("it supports a warmup, one plateau and one decay, but this is \(shown)")
  }

  func requiredRate() throws(InputError) -> Double {
    if let baseLearningRate { return baseLearningRate }
    throw failure(
      "it needs learning rates, but the base learning rate is not known",
      "give the base learning rate")
  }

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
  /// Returns the schedule written for a trainer in ``Dialect/writable``, in O(T).
  ///
  /// Code for torch and optax has the same multipliers. Other configurations are read back and compared: a
  /// difference of up to one step at the end points becomes a remark, and a larger one throws `InputError`
  /// naming what the trainer cannot express. `title` goes into a comment. Megatron-LM and nanotron need the
  /// base learning rate.
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
      throw question.failure("its schedules can be read but not written", "give one of \(names)")
    }
    let request = try writer.request(question)
    let reading: DialectSchedule
    do throws(InputError) {
      // The base learning rate is fixed here, so absolute levels need no remark.
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
            "\(dialect.rawValue) counts the steps of warmup or decay differently: multipliers differ by up to \(rounded(difference)) of the peak"
        ))
    }
    return ScheduleExport(text: writer.text(request), remarks: remarks)
  }
}

extension TrainerQuestion {
  /// The largest difference; throws where it exceeds the change of one step.
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
        // Undo the scaling where the trainer never reaches the peak.
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
