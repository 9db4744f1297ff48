"""Sentences about rights in other languages: those that restrict are seen, those that name MIT or Apache add nothing."""

from __future__ import annotations

import pytest

from seedbed.data.filters.license.conditions import Place
from seedbed.data.filters.license.prefilter import stating_lines
from seedbed.data.filters.license.statements import statements

RESTRICTED = {
    "German": [
        "Die Weitergabe dieser Datei ist ohne schriftliche Genehmigung untersagt.",
        "Nur für den privaten Gebrauch, gewerbliche Nutzung verboten.",
        "Dieses Programm ist Eigentum der Muster GmbH und vertraulich zu behandeln.",
        "Die Lizenz endet mit dem Vertrag.",
        "Alle Rechte vorbehalten.",
        "Der Quelltext darf nicht kopiert oder weitergegeben werden.",
        "Die Nutzung zum Trainieren von KI-Modellen ist nicht gestattet.",
    ],
    "French": [
        "Toute reproduction de ce fichier est interdite.",
        "Ce logiciel est la propriété exclusive de la société Exemple.",
        "Utilisation réservée à un usage non commercial.",
        "Tous droits réservés.",
        "Ce code ne peut être redistribué sans l'accord écrit de l'auteur.",
        "L'entraînement de modèles d'intelligence artificielle avec ce code est interdit.",
    ],
    "Spanish": [
        "Prohibida la reproducción total o parcial de este código.",
        "Se permite solo el uso personal de este programa.",
        "Este archivo es propiedad de Ejemplo S.A. y es confidencial.",
        "Todos los derechos reservados.",
        "No está permitido redistribuir este programa sin permiso del autor.",
        "Queda prohibido el uso de este código para entrenar modelos de inteligencia artificial.",
    ],
    "Portuguese": [
        "É proibida a cópia deste código sem autorização.",
        "Este programa é propriedade da empresa Exemplo.",
        "Licença apenas para uso não comercial.",
        "Todos os direitos reservados.",
        "Este código não pode ser distribuído sem a permissão do autor.",
    ],
    "Italian": [
        "È vietata la riproduzione di questo codice.",
        "Questo programma è proprietà della ditta Esempio.",
        "Licenza per solo uso personale.",
        "Tutti i diritti riservati.",
        "Non è consentito distribuire questo file senza il permesso dell'autore.",
    ],
    "Dutch": [
        "Verspreiding van deze code is verboden.",
        "Alle rechten voorbehouden.",
        "De licentie geldt alleen voor persoonlijk gebruik.",
        "Dit bestand is vertrouwelijk en eigendom van Voorbeeld BV.",
        "Niets uit dit programma mag worden verveelvoudigd zonder schriftelijke toestemming.",
        "Gebruik voor commerciële doeleinden is niet toegestaan.",
    ],
    "Polish": [
        "Wszelkie prawa zastrzeżone.",
        "Kopiowanie tego pliku bez zgody autora jest zabronione.",
        "Licencja tylko do użytku niekomercyjnego.",
        "Dokument poufny, własność firmy Przykład.",
        "Rozpowszechnianie bez pisemnej zgody jest zabronione.",
    ],
    "Russian": [
        "Все права защищены.",
        "Копирование этого файла запрещено.",
        "Использование в коммерческих целях не допускается.",
        "Лицензия только для личного использования.",
        "Программа является собственностью компании Пример.",
    ],
    "Ukrainian": [
        "Усі права захищені.",
        "Розповсюдження цього файлу заборонено.",
        "Ліцензія лише для некомерційного використання.",
        "Програма є власністю компанії Приклад.",
    ],
    "Chinese": [
        "版权所有,未经许可不得复制。",
        "本代码仅供学习使用。",
        "禁止用于商业用途。",
        "本軟體僅供個人使用,禁止轉載。",
        "未經授權不得散布本程式。",
        "版權所有,翻印必究。",
        "不允许将本代码用于训练人工智能模型。",
    ],
    "Japanese": [
        "無断転載を禁じます。",
        "このソフトウェアの商用利用は禁止されています。",
        "著作権は株式会社例に帰属します。",
        "本プログラムの再配布には書面による許可が必要です。",
        "社外秘",
    ],
    "Korean": [
        "이 코드의 무단 복제를 금지합니다.",
        "상업적 이용은 허용되지 않습니다.",
        "모든 저작권은 예제 주식회사에 있습니다.",
        "개인적인 용도로만 사용할 수 있는 라이선스입니다.",
    ],
    "Turkish": [
        "Tüm hakları saklıdır.",
        "Bu dosyanın izinsiz kopyalanması yasaktır.",
        "Lisans yalnızca kişisel kullanım içindir.",
        "Ticari amaçla kullanılamaz.",
    ],
    "Czech": [
        "Všechna práva vyhrazena.",
        "Šíření tohoto souboru je zakázáno.",
        "Licence platí pouze pro osobní použití.",
        "Bez písemného souhlasu autora je kopírování zakázáno.",
        "Komerční využití není povoleno.",
    ],
}
OPEN = {
    "German": [
        "Dieses Programm steht unter der MIT-Lizenz.",
        "Lizenziert unter der Apache License 2.0.",
    ],
    "French": [
        "Ce programme est distribué sous licence MIT.",
        "Ce fichier est sous licence Apache 2.0.",
    ],
    "Spanish": [
        "Este programa se distribuye bajo la licencia MIT.",
        "Publicado con licencia Apache 2.0.",
    ],
    "Portuguese": [
        "Este programa está sob a licença MIT.",
        "Distribuído sob a licença Apache 2.0.",
    ],
    "Italian": [
        "Questo programma è rilasciato con licenza MIT.",
        "Distribuito con licenza Apache 2.0.",
    ],
    "Dutch": [
        "Dit programma valt onder de MIT-licentie.",
        "Uitgebracht onder de Apache 2.0 licentie.",
    ],
    "Polish": [
        "Program udostępniany na licencji MIT.",
        "Plik objęty licencją Apache 2.0.",
    ],
    "Russian": [
        "Программа распространяется под лицензией MIT.",
        "Лицензия: Apache 2.0",
    ],
    "Ukrainian": [
        "Програма поширюється за ліцензією MIT.",
        "Ліцензія: Apache 2.0",
    ],
    "Chinese": [
        "本项目使用 MIT 许可证。",
        "本專案採用 Apache 2.0 授權。",
    ],
    "Japanese": [
        "このプログラムは MIT ライセンスで公開されています。",
        "Apache 2.0 ライセンス",
    ],
    "Korean": [
        "이 프로그램은 MIT 라이선스를 따릅니다.",
        "Apache 2.0 라이선스",
    ],
    "Turkish": [
        "Bu program MIT lisansı ile dağıtılır.",
        "Apache 2.0 lisansı altında yayımlanmıştır.",
    ],
    "Czech": [
        "Program je šířen pod licencí MIT.",
        "Soubor je pod licencí Apache 2.0.",
    ],
}
ABOUT_CODE = [
    "Diese Funktion liest die Datei und gibt die Zeilen zurück.",
    "Berechnet die Summe aller Werte; leere Listen ergeben null.",
    "Cette fonction lit le fichier et renvoie les lignes.",
    "Calcule la somme des valeurs.",
    "Esta función lee el archivo y devuelve las líneas.",
    "Calcula la suma de los valores.",
    "Esta função lê o arquivo e devolve as linhas.",
    "Questa funzione legge il file e restituisce le righe.",
    "Deze functie leest het bestand.",
    "Ta funkcja czyta plik i zwraca wiersze.",
    "Эта функция читает файл и возвращает строки.",
    "Вычисляет сумму значений.",
    "Ця функція читає файл.",
    "读取文件并返回所有行。",
    "计算数值的总和。",
    "ファイルを読み込み、行を返します。",
    "파일을 읽고 줄을 돌려줍니다.",
    "Bu işlev dosyayı okur ve satırları döndürür.",
    "Tato funkce čte soubor a vrací řádky.",
]


def are_found(text: str, place: Place) -> bool:
    return any(finding.decides for finding in statements(text, set(), place))


@pytest.mark.parametrize("place", [Place.HEADER, Place.LICENSE])
@pytest.mark.parametrize("language", RESTRICTED)
def test_a_restriction_is_found(language: str, place: Place) -> None:
    assert [sentence for sentence in RESTRICTED[language] if not are_found(f"# {sentence}", place)] == []


@pytest.mark.parametrize("language", RESTRICTED)
def test_the_gate_lets_it_through(language: str) -> None:
    assert [sentence for sentence in RESTRICTED[language] if not stating_lines(f"# {sentence}".encode())] == []


@pytest.mark.parametrize("place", [Place.HEADER, Place.LICENSE])
@pytest.mark.parametrize("language", OPEN)
def test_a_license_for_everybody_adds_nothing(language: str, place: Place) -> None:
    assert [sentence for sentence in OPEN[language] if are_found(f"# {sentence}", place)] == []


@pytest.mark.parametrize("sentence", ABOUT_CODE)
def test_a_sentence_about_the_program_adds_nothing(sentence: str) -> None:
    assert not are_found(f"# {sentence}", Place.HEADER)


def test_the_german_word_mit_names_no_license() -> None:
    assert are_found("# Die Lizenz endet mit dem Vertrag.", Place.HEADER)
