import Support

extension RunLog {
  /// The log in a file, or in a folder that a trainer or a logger wrote.
  ///
  /// The format is recognised from the contents. Records out of order are sorted, of a step logged twice
  /// the later record counts, records that the end of the file cuts short or whose checksum fails are
  /// left out, losses that are NaN are kept (a run that diverged); ``mended`` says all of it.
  ///
  /// - Parameters:
  ///   - path: the file or folder; `-` for standard input.
  ///   - options: the format and the columns, where they are not to be found by themselves.
  /// - Throws: `InputError` for what cannot be read, lacks every column (with those that it has), or
  ///   holds no numbers.
  /// - Complexity: O(size · log size) at worst, O(size) for records in order.
  public init(contentsOf path: String, options: LogOptions = LogOptions()) throws(InputError) {
    if let folder = try LogFolder(path) {
      try self.init(folder.read(options), path: path)
      return
    }
    try self.init(bytes: readBytes(path), path: path, options: options)
  }

  /// The log in the bytes of a file.
  package init(bytes: [UInt8], path: String, options: LogOptions = LogOptions())
    throws(InputError)
  {
    try self.init(LogFormat.read(bytes, path: path, options: options), path: path)
  }
}

extension LogFormat {
  /// Reads a file of the format asked for, or of the one recognised.
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    if let format = options.format {
      return try format.read(bytes, path: path, options: options)
    }
    return try recognised(in: bytes, path: path).read(bytes, path: path, options: options)
  }

  /// Reads a file of this format.
  private func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError)
    -> RawLog
  {
    switch self {
    case .csv: return try DelimitedLog.read(bytes, path: path, options: options)
    case .jsonLines: return try JSONLog.readLines(bytes, path: path, options: options)
    case .json: return try JSONLog.readDocument(bytes, path: path, options: options)
    case .trainerState: return try TrainerStateLog.read(bytes, path: path, options: options)
    case .epfml: return try EpfmlLog.read(bytes, path: path, options: options)
    case .tensorBoard: return try TensorBoardLog.read([bytes], path: path, options: options)
    case .wandb: return try WandbLog.read(bytes, path: path, options: options)
    case .megatron: return try MegatronLog.read(bytes, path: path, options: options)
    case .mlflow:
      throw InputError(
        path: path, problem: "it is one file", hint: "give the folder of the MLflow run")
    }
  }
}
