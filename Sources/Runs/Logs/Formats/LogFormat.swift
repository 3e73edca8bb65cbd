import Support

/// The formats of training logs; the raw value is the name that users type.
public enum LogFormat: String, CaseIterable, Sendable {
  /// CSV and TSV with a header, including Lightning's `metrics.csv`.
  case csv

  /// One JSON object per line.
  case jsonLines = "jsonl"

  /// One JSON document: an array of objects or an object of arrays.
  case json

  /// Hugging Face's `trainer_state.json`.
  case trainerState = "trainer-state"

  /// The JSON runs of epfml/schedules-and-scaling.
  case epfml

  /// TensorBoard event files.
  case tensorBoard = "tensorboard"

  /// The `.wandb` file of an offline Weights & Biases run.
  case wandb

  /// Megatron-LM's console output.
  case megatron

  /// A run in MLflow's file store.
  case mlflow

  /// Which update logged learning rates belong to, where the format determines it.
  ///
  /// Megatron logs the rate after the scheduler's step, and so did epfml's runs (theirs is 0 at the last
  /// step). Hugging Face's Trainer has done both.
  var learningRateTiming: LearningRateTiming? {
    switch self {
    case .megatron, .epfml: return .next
    default: return nil
    }
  }

  /// Returns the format with a name, in any case: a raw value, `tsv`, `lightning`, `trainer_state` or
  /// `hf`.
  public init?(named name: String) {
    let synonyms: [String: LogFormat] = [
      "tsv": .csv, "lightning": .csv, "trainer_state": .trainerState, "hf": .trainerState,
    ]
    guard let format = LogFormat(rawValue: name.lowercased()) ?? synonyms[name.lowercased()] else {
      return nil
    }
    self = format
  }
}

extension LogFormat {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    let format =
      if let format = options.format { format } else { try recognised(in: bytes, path: path) }
    switch format {
    case .csv: return try DelimitedLog.read(bytes, path: path, options: options)
    case .jsonLines: return try JSONLog.readLines(bytes, path: path)
    case .json: return try JSONLog.readDocument(bytes, path: path, unnamed: options.unnamed)
    case .trainerState:
      return try JSONLog.readTrainerState(
        bytes, path: path, takesWholeRun: options.columns.values.contains(JSONLog.wholeRunLoss))
    case .epfml: return try EpfmlLog.read(bytes, path: path)
    case .tensorBoard: return try TensorBoardLog.read([bytes], path: path)
    case .wandb: return try WandbLog.read(bytes, path: path)
    case .megatron: return try MegatronLog.read(bytes, path: path)
    case .mlflow:
      throw InputError(
        path: path, problem: "it is a file, not a folder", hint: "give the folder of the MLflow run"
      )
    }
  }

  /// Detects the format from a file's contents; CSV by default.
  ///
  /// The path identifies event files whose first record is damaged. Throws `InputError` for empty and
  /// binary files.
  static func recognised(in bytes: [UInt8], path: String) throws(InputError) -> LogFormat {
    guard let start = bytes.firstIndex(where: { $0 > 0x20 }) else {
      throw InputError(path: path, problem: "it is empty", hint: "give a log with records")
    }
    if WandbFile.hasHeader(bytes) { return .wandb }
    if RecordFile.hasHeader(bytes) || path.contains("tfevents") { return .tensorBoard }
    if bytes.prefix(4096).contains(0) {
      throw InputError(
        path: path, problem: "it is neither text nor a log of a known kind",
        hint:
          "give a log as CSV, or name its format (\(allCases.map(\.rawValue).joined(separator: ", ")))"
      )
    }
    if bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
      return recognisedJSON(bytes, from: start)
    }
    return MegatronLog.isFound(in: bytes) ? .megatron : .csv
  }

  private static func recognisedJSON(_ bytes: [UInt8], from start: Int) -> LogFormat {
    var reader = JSONReader(bytes, range: start..<bytes.count)
    guard let first = reader.value() else {
      return bytes[start] == UInt8(ascii: "[") || reader.repeatedName != nil ? .json : .jsonLines
    }
    if first["log_history"] != nil { return .trainerState }
    if first["history"]?["train"] != nil || first["history"]?["val"] != nil { return .epfml }
    switch first {
    case .array: return .json
    case .object(let members):
      // A record's members are numbers; a document of lists may also hold numbers if its lists have known
      // names.
      let lists = members.filter { $0.value.elements != nil }
      let isDocument =
        !members.contains { $0.value.number != nil }
        || lists.contains { list in
          LogQuantity.allCases.contains {
            ColumnNames.logged($0).contains(list.name.lowercased())
          }
        }
      return !lists.isEmpty && isDocument && reader.isAtEnd ? .json : .jsonLines
    default: return .jsonLines
    }
  }
}
