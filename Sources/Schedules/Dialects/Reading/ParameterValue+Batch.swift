import Support

extension ParameterValue {
  /// Whether the configuration changes the batch during the run: Megatron-LM's ramp, OLMo-core's batch-size
  /// scheduler, or transformers' search for a batch that fits.
  public var variesBatch: Bool {
    ["rampup_batch_size", "trainer.callbacks.batch_size_scheduler", "auto_find_batch_size"]
      .contains { key in
        switch member(key) {
        case nil, .boolean(false)?, .list([])?: false
        case .text(let text)?: !["false", "none", "[]", ""].contains(text.lowercased())
        default: true
        }
      }
  }

  /// Returns B, the tokens in a step, as the configuration of one of the trainers states it.
  ///
  /// B is `batch_tokens` (or `tokens_per_step`), or a product such as `global_batch_size` × `seq_length`; nil if
  /// a factor is missing, is not a number, or is −1 (automatic), or if the batch varies. Throws `InputError`,
  /// at the key, for a factor that is not a positive whole number, for more than
  /// ``TrainingRun/mostBatchTokens``, and for two batches that differ.
  public func batchTokens(of trainers: [Dialect] = Dialect.allCases) throws(InputError) -> Int? {
    guard !variesBatch else { return nil }
    var stated: (tokens: Int, keys: [String])?
    let stating = trainers.map(\.library).filter { library in
      library.fullSequencesPath.map { member($0) != nil } ?? true
    }
    for products in [[["batch_tokens"], ["tokens_per_step"]]] + stating.map(\.batch) {
      guard let keys = products.first(where: { factors($0) != nil }) else { continue }
      let tokens = try product(keys)
      if let stated, stated.tokens != tokens {
        throw InputError(
          at: .key(keys.joined(separator: " × ")),
          problem:
            "\(grouped(tokens)) tokens in a step contradict the \(grouped(stated.tokens)) of \(stated.keys.joined(separator: " × "))",
          hint: "give the same number, or only one of them")
      }
      stated = (tokens, keys)
    }
    return stated?.tokens
  }

  private func product(_ keys: [String]) throws(InputError) -> Int {
    var product = 1.0
    for (key, factor) in zip(keys, factors(keys) ?? []) {
      guard factor >= 1, factor == factor.rounded() else {
        throw InputError(
          at: .key(key), problem: "\(decimalText(factor)) is not a positive whole number",
          hint: "give the batch's size in whole sequences and tokens")
      }
      product *= factor
    }
    guard let tokens = TrainingRun.batchTokens(product) else {
      throw InputError(
        at: .key(keys.joined(separator: " × ")),
        problem: "\(decimalText(product)) tokens in a step are out of range",
        hint: "give at most 1e12")
    }
    return tokens
  }

  /// The numbers at all keys; nil if one is missing or −1.
  private func factors(_ keys: [String]) -> [Double]? {
    let numbers = keys.compactMap { key in member(key)?.number.flatMap { $0 == -1 ? nil : $0 } }
    return numbers.count == keys.count ? numbers : nil
  }

  /// The value at a path, or under the path as one name, as loggers flatten configurations.
  private func member(_ path: String) -> ParameterValue? {
    if let value = value(at: path) { return value }
    guard case .object(let members) = self, path.contains(".") else { return nil }
    let slashed = String(path.map { $0 == "." ? "/" : $0 })
    let value = members[path] ?? members[slashed]
    return value == .null ? nil : value
  }
}

extension DialectReader {
  /// Takes the sequences in a step and their length, which must agree with B.
  ///
  /// Of sequences, length and B two give the third.
  mutating func takeSequences(_ key: String, length lengthKey: String) throws(InputError) {
    sequences = try count(key, least: 1)
    let length = try count(lengthKey, least: 1)
    if let sequences, let length {
      guard let product = TrainingRun.batchTokens(Double(sequences) * Double(length)) else {
        throw failure(key, "it makes more than 1e12 tokens in a step", "give fewer sequences")
      }
      return try agree(on: product, key)
    }
    guard let batchTokens, let size = sequences ?? length else { return }
    try require(
      batchTokens % size == 0, sequences == nil ? lengthKey : key,
      "\(grouped(batchTokens)) tokens in a step are not a multiple of \(grouped(size))",
      "make them agree")
    sequences = sequences ?? batchTokens / size
  }

  /// Notes B; one that is already known must be the same.
  mutating func agree(on tokens: Int, _ key: String) throws(InputError) {
    if let batchTokens, batchTokens != tokens {
      throw failure(
        key, "\(grouped(tokens)) tokens in a step contradict the \(grouped(batchTokens)) given",
        "give the same number, or only one of them")
    }
    batchTokens = tokens
  }
}
