namespace FastTrainLog.Columns;

/// <summary>What a block is compressed from; the numbers are those in files.</summary>
internal enum BlockForm : byte
{
    /// <summary>Its lines: they came out different when they were made again from columns.</summary>
    Lines = 0,

    /// <summary>The columns of its lines, as <see cref="LineBlock"/> writes them.</summary>
    Columns = 1,
}
