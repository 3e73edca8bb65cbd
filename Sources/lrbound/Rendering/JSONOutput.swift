import FoundationEssentials
import Schedules
import Support

/// Writes reports as JSON: the body's members and those that all commands share, in one object.
enum JSONOutput {
  /// The report as one object with sorted keys.
  ///
  /// - Throws: `InputError` naming a number that is not finite.
  static func text<Body>(of report: Report<Body>, command: String) throws -> String {
    let envelope = Envelope(report: report, command: command)
    return String(decoding: try data(envelope, formatting: [.prettyPrinted]), as: UTF8.self)
  }

  /// Any value in the spelling of the reports.
  ///
  /// - Throws: `InputError` naming a number that is not finite.
  static func data(
    _ value: some Encodable, formatting: JSONEncoder.OutputFormatting = []
  ) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    encoder.keyEncodingStrategy = .custom { JSONKey(stringValue: JSONKey.spelling(of: $0.last)) }
    do {
      return try encoder.encode(value)
    } catch EncodingError.invalidValue(_, let context) {
      var path = ""
      for key in context.codingPath {
        let step =
          key.intValue.map { "[\($0)]" } ?? (path.isEmpty ? "" : ".") + JSONKey.spelling(of: key)
        path += step
      }
      throw InputError.notFinite(path)
    }
  }

  /// The body's members beside the shared ones.
  private struct Envelope<Body: Codable>: Encodable {
    let report: Report<Body>
    let command: String

    func encode(to encoder: any Encoder) throws {
      try report.body.encode(to: encoder)
      var container = encoder.container(keyedBy: SharedKey.self)
      try container.encode(1, forKey: .schemaVersion)
      try container.encode(command, forKey: .command)
      try container.encode(report.diagnostics, forKey: .warnings)
      try container.encode(report.assumptions, forKey: .assumptions)
      try container.encodeIfPresent(report.export, forKey: .export)
    }
  }

  /// The members that all commands share.
  enum SharedKey: String, CodingKey, CaseIterable {
    case schemaVersion, command, warnings, assumptions, export
  }
}

/// A key of the reports: words apart by underscores, `lr` for a learning rate.
struct JSONKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  /// How a property's name is spelled as a key: `baseLearningRate` is `base_lr`, `S` stays `S`.
  static func spelling(of key: (any CodingKey)?) -> String {
    guard let name = key?.stringValue, name.first?.isLowercase == true, !name.contains("_") else {
      return key?.stringValue ?? ""
    }
    var text = ""
    for character in name {
      text += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
    return text.split(separator: "learning_rate", omittingEmptySubsequences: false)
      .joined(separator: "lr")
  }
}

/// What every report echoes of a schedule over its steps.
struct RunEcho: Codable {
  let spec: String
  let canonical: String
  let steps: Int
  let batchTokens: Int?
  var baseLearningRate: Double?

  init(_ run: TrainingRun, baseLearningRate: Double? = nil) {
    (spec, canonical, steps) = (run.name, run.canonical, run.steps)
    batchTokens = run.batchTokens
    self.baseLearningRate = baseLearningRate
  }
}

extension ClosedRange<Double> {
  /// The ends, as reports write an interval.
  var ends: [Double] { [lowerBound, upperBound] }
}
