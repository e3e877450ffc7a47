namespace FastTrainLog;

/// <summary>The format of compressed rotated files.</summary>
public enum BackupFormat
{
    /// <summary>gzip, <c>main.log.1.gz</c>, which <c>zcat</c> and every other tool reads.</summary>
    Gzip,

    /// <summary>
    /// The lines as columns of numbers, <c>run.jsonl.999999999.cols</c>: a fifth to a tenth of the bytes of gzip, which is read faster. Every line is restored byte for byte, by the readers of this library and by
    /// <c>fasttrainlog cat</c>.
    /// </summary>
    Columns,
}
